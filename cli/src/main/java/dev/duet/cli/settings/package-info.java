/**
 * Every setting of the product, declared once in {@link dev.duet.cli.settings.Setting}, and the three places it may
 * be given in: the command line, the environment, one YAML file. Entry type: {@link dev.duet.cli.settings.Settings}.
 */
@NullMarked
package dev.duet.cli.settings;

import org.jspecify.annotations.NullMarked;
