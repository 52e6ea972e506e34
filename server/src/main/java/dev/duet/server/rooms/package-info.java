/**
 * The adapter around {@link dev.duet.signaling.Rooms}: one {@link dev.duet.server.rooms.RoomShard} per event loop, which runs the core,
 * keeps its deadline, asks policy and directory, and hands outputs to the connections. Not here: bytes and dialects.
 *
 * <p>Entry type: {@link dev.duet.server.rooms.RoomShards}.
 */
@NullMarked
package dev.duet.server.rooms;

import org.jspecify.annotations.NullMarked;
