package dev.duet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LauncherTest {
    @Test
    void anOldJavaIsToldInOneSentence() {
        assertThat(Launcher.tooOld("17", "/opt/java17"))
                .startsWith("duet: Duet needs Java 25 or newer and this is Java 17 (/opt/java17); ")
                .contains("JAVA_HOME")
                .hasLineCount(1);
    }

    @Test
    void versionsAreReadInBothTheirShapes() {
        assertThat(Launcher.feature("1.8")).isEqualTo(8);
        assertThat(Launcher.feature("17")).isEqualTo(17);
    }

    @Test
    void itIsCompiledForJava8() throws IOException {
        try (var in = new DataInputStream(Launcher.class.getResourceAsStream("Launcher.class"))) {
            assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
            in.readUnsignedShort();
            assertThat(in.readUnsignedShort()).isEqualTo(52);
        }
    }
}
