/**
 * Load generators for TURN servers: data relayed by allocations of the generator's own, every byte of them verified, and what each
 * allocation costs. The STUN spoken here is written apart from the server's, on purpose: an error of one is no error of the other.
 *
 * <p>Entry types: {@link dev.duet.bench.turn.TurnLoad}, {@link dev.duet.bench.turn.AllocationLoad}.
 */
@NullMarked
package dev.duet.bench.turn;

import org.jspecify.annotations.NullMarked;
