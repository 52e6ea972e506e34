/**
 * The Duet server as a library: transports, dialects, TLS and policy around the pure cores. Entry type: {@link
 * dev.duet.server.DuetServer}, configured by {@link dev.duet.server.DuetConfig}.
 */
@NullMarked
package dev.duet.server;

import org.jspecify.annotations.NullMarked;
