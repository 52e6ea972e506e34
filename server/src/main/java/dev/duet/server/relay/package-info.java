/**
 * The relay's sockets and threads: one shard per core, each with its UDP sockets, its allocations and its thread. What the datagrams mean is
 * {@code dev.duet.turn}'s business.
 */
@NullMarked
package dev.duet.server.relay;

import org.jspecify.annotations.NullMarked;
