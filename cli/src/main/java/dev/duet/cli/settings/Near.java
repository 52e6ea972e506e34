package dev.duet.cli.settings;

import java.util.Collection;
import java.util.Comparator;

/** Finds the word that somebody meant. */
public final class Near {
    private Near() {}

    /** {@code "; did you mean 'x'?"} for the nearest of the known words, or {@code otherwise} when none is near. */
    public static String hint(String unknown, Collection<String> known, String otherwise) {
        return known.stream()
                .filter(word -> distance(unknown, word) <= Math.max(2, word.length() / 3))
                .min(Comparator.comparingInt(word -> distance(unknown, word)))
                .map(word -> "; did you mean '" + word + "'?")
                .orElse(otherwise);
    }

    /** Levenshtein's: how many letters must be put in, taken out or changed. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
