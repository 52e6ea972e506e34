/**
 * Test support: hosts in network namespaces of one Linux machine, joined by a user-space hub whose links have delay, jitter, loss,
 * duplication and blackout.
 *
 * <p>It is not a simulator: real programs run in the namespaces over the kernel's own IP, TCP and UDP. Only the wire is ours: each
 * namespace has one TUN device, and the hub copies IP packets from one to another. {@link dev.duet.netlab.NetLab} is the entry;
 * {@link dev.duet.netlab.Main} drives it from another language by JSON lines.
 *
 * <p>{@code Hub}, {@code Shaper} and {@code IpPacket} are pure: they know no clock, file descriptor or thread. {@code Pump} and
 * {@code Tun} do the I/O.
 */
@NullMarked
package dev.duet.netlab;

import org.jspecify.annotations.NullMarked;
