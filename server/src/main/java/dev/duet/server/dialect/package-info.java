/**
 * The Duet dialect, {@code duet.v1}: JSON over a WebSocket, as docs/protocol.md describes it, translated to the rooms' normal form and
 * back.
 *
 * <p>Entry type: {@link dev.duet.server.dialect.DuetConnection}.
 */
@NullMarked
package dev.duet.server.dialect;

import org.jspecify.annotations.NullMarked;
