/**
 * How log events are written: as a line for people or as a JSON line, and never so that a text from the network
 * looks like a line of our own. Entry type: {@link dev.duet.cli.log.Logging}.
 */
@NullMarked
package dev.duet.cli.log;

import org.jspecify.annotations.NullMarked;
