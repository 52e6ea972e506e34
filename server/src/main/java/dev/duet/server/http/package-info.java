/**
 * The server's front door: which protocol a connection speaks by its first bytes, which requests are answered how, whose headers are
 * believed, and the pages themselves. Not here: what travels over the WebSocket.
 *
 * <p>Entry type: {@link dev.duet.server.http.FrontDoor}.
 */
@NullMarked
package dev.duet.server.http;

import org.jspecify.annotations.NullMarked;
