/**
 * Engine.IO over Netty: carries requests and WebSocket frames to the {@link dev.duet.engineio.EngineServer} of the event loop that a
 * session belongs to, which its id names, and keeps that server's time. Not here: what the messages mean.
 *
 * <p>Entry type: {@link dev.duet.server.engineio.EngineEndpoint}.
 */
@NullMarked
package dev.duet.server.engineio;

import org.jspecify.annotations.NullMarked;
