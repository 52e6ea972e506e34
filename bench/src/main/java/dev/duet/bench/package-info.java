/**
 * Load generators: relay and idle connections over the Duet dialect and the course dialect, against Duet and against
 * peers that speak the same few messages. Whatever is measured is a figure of the server's process, read from /proc;
 * every payload is verified. Linux only. {@code bench/run.sh} runs them.
 */
@NullMarked
package dev.duet.bench;

import org.jspecify.annotations.NullMarked;
