/** Placeholder. */
@NullMarked
package dev.duet.signaling;

import org.jspecify.annotations.NullMarked;
