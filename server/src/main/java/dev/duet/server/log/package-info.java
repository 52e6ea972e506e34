/**
 * How this server writes its log: one event a line, readable as text and as fields.
 *
 * <p>Entry type: {@link dev.duet.server.log.LogEvent}.
 */
@NullMarked
package dev.duet.server.log;

import org.jspecify.annotations.NullMarked;
