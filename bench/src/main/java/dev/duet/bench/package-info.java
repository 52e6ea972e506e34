/** Placeholder. */
@NullMarked
package dev.duet.bench;

import org.jspecify.annotations.NullMarked;
