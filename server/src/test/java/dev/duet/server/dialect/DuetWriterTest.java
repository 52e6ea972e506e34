package dev.duet.server.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.signaling.DisplayName;
import dev.duet.signaling.Output;
import dev.duet.signaling.Participant;
import dev.duet.signaling.ParticipantId;
import dev.duet.signaling.Person;
import dev.duet.signaling.Rejection;
import dev.duet.signaling.RoomName;
import dev.duet.signaling.Session;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DuetWriterTest {
    private static final Session SESSION = new Session() {};

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "O\"Neil,O\\\"Neil",
                "back\\slash,back\\\\slash",
                "</script>,</script>",
                "\ud83d\ude00,\ud83d\ude00",
                "中文,中文",
                "\ufeffbom,\ufeffbom"
            })
    void namesAreEscapedAsJsonHasIt(String name, String written) {
        Person person = new Person(new DisplayName(name), name);
        Participant participant = new Participant(new ParticipantId("p"), 2, 5, person, false);

        assertThat(text(DuetWriter.participantJoined(
                        new Output.ParticipantJoined(SESSION, participant, Optional.empty()))))
                .isEqualTo("{\"type\":\"participant-joined\","
                        + "\"participant\":{\"id\":\"p\",\"order\":2,\"epoch\":5,\"name\":\""
                        + written + "\",\"instance\":\"" + written + "\",\"state\":\"present\"}}");
    }

    @Test
    void anAnswerCarriesTheIdOfItsRequest() {
        assertThat(text(DuetWriter.pong(9_007_199_254_740_991L)))
                .isEqualTo("{\"type\":\"pong\",\"id\":9007199254740991}");
    }

    @Test
    void anAnswerToARequestWithoutAnIdCarriesNone() {
        assertThat(text(DuetWriter.left(DuetMessage.NO_REQUEST))).isEqualTo("{\"type\":\"left\"}");
    }

    @Test
    void theTimeToRetryAfterIsRoundedUp() {
        Output.RoomFull full = new Output.RoomFull(SESSION, 1, new RoomName("r"), OptionalLong.of(1_000_001));

        assertThat(text(DuetWriter.full(full, 2)))
                .isEqualTo("{\"type\":\"full\",\"id\":1,\"room\":\"r\",\"capacity\":2,\"retryAfterMs\":2}");
    }

    @Test
    void everyErrorSaysWhatIsWrongAndWhatToDo() {
        for (DuetError error : DuetError.values()) {
            assertThat(text(DuetWriter.error(1, error)))
                    .matches("\\{\"type\":\"error\",\"id\":1,\"code\":\"[a-z-]+\",\"message\":\".+\",\"fix\":\".+\"}");
        }
        for (Rejection rejection : Rejection.values()) {
            assertThat(text(DuetWriter.error(1, rejection, OptionalLong.empty())))
                    .matches("\\{\"type\":\"error\",\"id\":1,\"code\":\"[a-z-]+\",\"message\":\".+\",\"fix\":\".+\"}");
        }
    }
}
