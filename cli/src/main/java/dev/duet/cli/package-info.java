/** Placeholder. */
@NullMarked
package dev.duet.cli;

import org.jspecify.annotations.NullMarked;
