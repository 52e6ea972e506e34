package dev.duet.cli.settings;

import java.util.List;

/**
 * A setting as somebody gave it.
 *
 * @param origin where, as the operator knows it: {@code --https-port}, {@code DUET_HTTPS_PORT}, {@code 'https-port'
 * in duet.yaml line 3}
 */
record Given(List<String> values, String origin) {
    Given {
        values = List.copyOf(values);
    }

    /** Complains about values that the setting does not take. */
    void check(Setting setting) {
        for (String value : values) {
            setting.kind().expected(value).ifPresent(expected -> {
                throw new SettingsException(
                        "setting-invalid", origin + " has the value '" + value + "'; give " + expected);
            });
        }
    }
}
