package dev.duet.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FramesTest {
    private static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private static String hex(ByteBuf frame) {
        String hex = ByteBufUtil.hexDump(frame);
        frame.release();
        return hex;
    }

    @Test
    void theExampleOfTheRfcIsWrittenAsItStandsThere() {
        assertThat(hex(Frames.text(HEAP, "Hello".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("810548656c6c6f");
    }

    @ParameterizedTest
    @CsvSource({"0,8100", "125,817d", "126,817e007e", "65535,817effff", "65536,817f0000000000010000"})
    void theLengthTakesAsFewBytesAsItCan(int size, String header) {
        assertThat(hex(Frames.text(HEAP, size))).isEqualTo(header);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 100_000})
    void aMessageFillsItsBufferExactly(int size) {
        ByteBuf frame = Frames.text(HEAP, new byte[size]);

        assertThat(frame.writableBytes()).isZero();
        frame.release();
    }

    @Test
    void aPingIsEmptyAndAPongRepeatsWhatWasAsked() {
        assertThat(hex(Frames.ping(HEAP))).isEqualTo("8900");
        assertThat(hex(Frames.pong(HEAP, new byte[] {1, 2, 3}, 2))).isEqualTo("8a020102");
    }

    @Test
    void aCloseFrameCarriesCodeAndReason() {
        assertThat(hex(Frames.close(HEAP, CloseCode.TOO_SLOW, "slow"))).isEqualTo("88060fa8736c6f77");
    }

    @Test
    void aReasonThatIsTooLongForAControlFrameIsCut() {
        ByteBuf frame = Frames.close(HEAP, CloseCode.POLICY, "x".repeat(500));

        assertThat(frame.readableBytes()).isEqualTo(2 + 125);
        frame.release();
    }
}
