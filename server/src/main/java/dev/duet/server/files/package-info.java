/**
 * Files that hold secrets. Entry type: {@link dev.duet.server.files.PrivateFiles}. Not here: what the secrets are.
 */
@NullMarked
package dev.duet.server.files;

import org.jspecify.annotations.NullMarked;
