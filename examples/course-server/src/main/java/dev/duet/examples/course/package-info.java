/**
 * The signaling server of a WebRTC course on one page: Socket.IO brings the messages, {@code signaling} knows the rooms.
 *
 * <p>Entry type: {@link dev.duet.examples.course.CourseServer}.
 */
@NullMarked
package dev.duet.examples.course;

import org.jspecify.annotations.NullMarked;
