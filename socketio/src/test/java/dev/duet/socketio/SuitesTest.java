package dev.duet.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** That no case of the official suites is missing: 23 that run and one that does not, 25, and 32. */
final class SuitesTest {
    @Test
    void everyCaseOfTheOfficialSuitesIsHere() throws ClassNotFoundException {
        assertThat(casesOf("dev.duet.engineio.EngineIo3SuiteTest")).isEqualTo(23 + 1);
        assertThat(casesOf("dev.duet.engineio.EngineIo4SuiteTest")).isEqualTo(25);
        assertThat(casesOf("dev.duet.socketio.SocketIo5SuiteTest")).isEqualTo(32);
    }

    private static long casesOf(String suite) throws ClassNotFoundException {
        return Arrays.stream(Class.forName(suite).getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .count();
    }
}
