package dev.duet.cli;

import java.lang.reflect.InvocationTargetException;

/**
 * What {@code java -jar} starts. It is compiled for Java 8, so that an old Java says in a sentence that it is too
 * old, and not with an UnsupportedClassVersionError.
 */
public final class Launcher {
    private static final int NEEDED = 25;

    private Launcher() {}

    public static void main(String[] args) throws Throwable {
        String version = System.getProperty("java.specification.version");
        if (feature(version) < NEEDED) {
            System.err.println(tooOld(version, System.getProperty("java.home")));
            System.exit(2);
        }
        try {
            // By name: the compiler for Java 8 cannot read a class made for Java 25.
            Class.forName("dev.duet.cli.Main").getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    static String tooOld(String version, String home) {
        return "duet: Duet needs Java " + NEEDED + " or newer and this is Java " + feature(version) + " (" + home
                + "); install one from your system's packages or from Eclipse Temurin, or point JAVA_HOME at it";
    }

    /** 8 for {@code 1.8}, 17 for {@code 17}. */
    static int feature(String version) {
        String number = version.startsWith("1.") ? version.substring(2) : version;
        return Integer.parseInt(number);
    }
}
