/**
 * The server side of Engine.IO 3 and 4: packets, payloads, and sessions that live over long polling, WebSocket, and the way from one to the
 * other. It does no I/O: an adapter hands in requests, frames and the time, and is asked to answer and to send.
 *
 * <p>Not here: JSONP, WebTransport, cookies, permessage-deflate.
 *
 * <p>Entry type: {@link dev.duet.engineio.EngineServer}. The protocol: Engine.IO protocol revisions 3 and 4.
 */
@NullMarked
package dev.duet.engineio;

import org.jspecify.annotations.NullMarked;
