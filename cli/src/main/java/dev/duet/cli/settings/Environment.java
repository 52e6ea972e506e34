package dev.duet.cli.settings;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Settings in environment variables: {@code DUET_HTTPS_PORT=9443}; lists are separated by commas. */
final class Environment {
    /**
     * What Kubernetes and Docker links put into every container beside a service that is called {@code duet}.
     * Whoever names it so did not mean to configure anything.
     */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("DUET_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_\\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)");

    private Environment() {}

    static Map<Setting, Given> read(Map<String, String> environment) {
        Map<String, Setting> known =
                Arrays.stream(Setting.values()).collect(Collectors.toMap(Setting::variable, each -> each));
        Map<Setting, Given> found = new EnumMap<>(Setting.class);
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith("DUET_")
                    || Setting.LAUNCHER_VARIABLES.contains(name)
                    || SERVICE_LINK.matcher(name).matches()) {
                return;
            }
            Setting setting = known.get(name);
            if (setting == null) {
                throw new SettingsException(
                        "setting-unknown",
                        "unknown environment variable " + name
                                + Near.hint(name, known.keySet(), "; see duet --help for the settings there are"));
            }
            if (!value.isEmpty()) {
                found.put(setting, new Given(values(setting, value), name));
            }
        });
        return found;
    }

    private static List<String> values(Setting setting, String value) {
        return setting.repeatable()
                ? Arrays.stream(value.split(",", -1)).map(String::strip).toList()
                : List.of(value);
    }
}
