/**
 * Rooms, seats, participants and sessions: what may happen in a room, and in which order. Pure: no socket, thread, lock, logger, clock
 * or random source; inputs, times and identifiers are handed in, outputs come back, and a log of inputs is a replayable test.
 *
 * <p>Not here: bytes, dialects, policy, tokens' cryptography, and where seats are counted when several nodes share a room (a
 * directory answers that, {@link dev.duet.signaling.LocalDirectory} on one node).
 *
 * <p>Entry type: {@link dev.duet.signaling.Rooms}, which takes an {@link dev.duet.signaling.Input} and gives {@link
 * dev.duet.signaling.Output}s. The wire form that clients see is described in docs/protocol.md.
 */
@NullMarked
package dev.duet.signaling;

import org.jspecify.annotations.NullMarked;
