package dev.duet.server.dialect;

import dev.duet.signaling.Payload;

/**
 * What one participant sends to another, in its sender's dialect. Between two clients of one dialect it passes byte for byte; whoever
 * speaks another translates it on the way out.
 */
sealed interface Relayed extends Payload permits SignalFrame, CourseMessage {}
