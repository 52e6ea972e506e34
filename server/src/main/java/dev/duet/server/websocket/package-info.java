/**
 * WebSocket (RFC 6455) on the server's side: the handshake's arithmetic, and frames read from and written to buffers. No extensions, no
 * compression. Not here: what the messages mean.
 *
 * <p>Entry types: {@link dev.duet.server.websocket.WebSocketHandler}, {@link dev.duet.server.websocket.Frames}.
 */
@NullMarked
package dev.duet.server.websocket;

import org.jspecify.annotations.NullMarked;
