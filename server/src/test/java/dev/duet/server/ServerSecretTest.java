package dev.duet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

final class ServerSecretTest {
    @Test
    void whatCouldBeGuessedIsNone() {
        assertThatThrownBy(() -> DuetConfig.builder().secret(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a secret of 31 bytes (expected: at least 32)");
    }

    @Test
    void itIsCopiedAndNeverShown() {
        byte[] bytes = ServerSecret.random(new SecureRandom()).bytes();
        DuetConfig config = DuetConfig.builder().secret(bytes).build();
        byte[] before = bytes.clone();
        bytes[0]++;

        assertThat(config.secret()).contains(ServerSecret.of(before));
        assertThat(config.toString()).contains("secret=Optional[(secret)]");
    }
}
