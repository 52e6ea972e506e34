/**
 * The course dialect on netty-socketio, to be measured beside Duet: {@link dev.duet.bench.nettysocketio.CourseServer}. It
 * shares no class path with Duet, whose Netty is of another line. {@code bench/run.sh} runs it.
 */
@NullMarked
package dev.duet.bench.nettysocketio;

import org.jspecify.annotations.NullMarked;
