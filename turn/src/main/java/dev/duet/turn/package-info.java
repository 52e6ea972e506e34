/**
 * A TURN server (RFC 8656) as a state machine: allocations, permissions, channels, credentials, nonces, quotas. Pure: no socket, clock,
 * thread, logger or random source; datagrams and times are handed in, datagrams come out through what the caller supplies.
 *
 * <p>Not here: sockets and threads, which addresses the machine has, and who is given credentials.
 */
@NullMarked
package dev.duet.turn;

import org.jspecify.annotations.NullMarked;
