/**
 * STUN messages as RFC 8489 has them: reading, writing, integrity, fingerprint and keys of long-term credentials. Pure: no socket, clock,
 * thread, logger or random source.
 *
 * <p>Not here: what a TURN server does with a message; that is {@code dev.duet.turn}.
 *
 * <p>Entry types: {@link dev.duet.stun.StunMessage} reads, {@link dev.duet.stun.StunWriter} writes.
 */
@NullMarked
package dev.duet.stun;

import org.jspecify.annotations.NullMarked;
