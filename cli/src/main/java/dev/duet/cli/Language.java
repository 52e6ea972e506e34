package dev.duet.cli;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The languages of the first screen. */
enum Language {
    ENGLISH,
    CHINESE;

    /** As POSIX has it: the first of LC_ALL, LC_MESSAGES and LANG that says anything. */
    static Language of(Map<String, String> environment) {
        String locale = Stream.of("LC_ALL", "LC_MESSAGES", "LANG")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElseGet(() -> Locale.getDefault().getLanguage());
        return locale.startsWith("zh") ? CHINESE : ENGLISH;
    }

    String choose(String english, String chinese) {
        return this == CHINESE ? chinese : english;
    }
}
