/**
 * The server side of Socket.IO for clients 2.x (protocol revision 4), 3.x and 4.x (revision 5), on top of {@link dev.duet.engineio}:
 * namespaces, events, binary attachments, acknowledgements, rooms, connection state recovery. It does no I/O.
 *
 * <p>Handlers are given to a {@link dev.duet.socketio.Namespace} once, not to each socket, so that a connection costs little.
 *
 * <p>Entry type: {@link dev.duet.socketio.SocketServer}. The protocol: Socket.IO protocol revisions 4 and 5.
 */
@NullMarked
package dev.duet.socketio;

import org.jspecify.annotations.NullMarked;
