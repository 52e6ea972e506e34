/**
 * The product: the {@code duet} command. It reads settings, starts a {@link dev.duet.server.DuetServer}, says where
 * it is and waits for the signal to stop. Nothing depends on it. Entry type: {@link dev.duet.cli.Main}, by way of
 * {@link dev.duet.cli.Launcher}.
 */
@NullMarked
package dev.duet.cli;

import org.jspecify.annotations.NullMarked;
