package dev.duet.examples.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ClinicServerTest {
    @Test
    void theClinicHasDuetInsideAndTakesCalls() throws Exception {
        try (ClinicServer clinic = new ClinicServer(0)) {
            HttpRequest readyz = HttpRequest.newBuilder(clinic.page().resolve("readyz"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            var answer = HttpClient.newHttpClient().send(readyz, HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("ready\n");
        }
    }

    @Test
    void everyAppointmentHasARoomOfItsOwn() {
        try (ClinicServer clinic = new ClinicServer(0)) {
            URI first = clinic.appointment();

            assertThat(first.getPath()).isEqualTo("/video/");
            assertThat(first.getFragment()).matches("[0-9a-f]{32}");
            assertThat(clinic.appointment()).isNotEqualTo(first);
        }
    }
}
