/**
 * A server that speaks Engine.IO and Socket.IO and knows nothing of calls and rooms: the protocol alone, for whoever needs that.
 *
 * <p>Entry type: {@link dev.duet.examples.socketio.SocketIoServerExample}.
 */
@NullMarked
package dev.duet.examples.socketio;

import org.jspecify.annotations.NullMarked;
