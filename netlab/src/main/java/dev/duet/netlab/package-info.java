/** Placeholder. */
@NullMarked
package dev.duet.netlab;

import org.jspecify.annotations.NullMarked;
