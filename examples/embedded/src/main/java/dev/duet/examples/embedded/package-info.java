/** A clinic's own program with Duet inside it, as docs/embed.md tells it. The entry type is {@link ClinicServer}. */
@NullMarked
package dev.duet.examples.embedded;

import org.jspecify.annotations.NullMarked;
