package dev.duet.server.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 6455 asks of a server, rule by rule. */
final class WebSocketHandlerTest {
    private static final int MESSAGE_MAX = 1_000;
    private static final int FIN = 0x80;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final byte[] NOTHING = {};

    private static final class RecordingListener implements WebSocketHandler.Listener {
        final List<String> messages = new ArrayList<>();
        final List<Integer> closingWith = new ArrayList<>();
        int heard;
        int closed;

        @Override
        public void text(byte[] utf8, int length) {
            messages.add(new String(utf8, 0, length, StandardCharsets.UTF_8));
        }

        @Override
        public void binary(byte[] bytes, int length) {
            messages.add("binary " + ByteBufUtil.hexDump(bytes, 0, length));
        }

        @Override
        public void tooLarge() {
            messages.add("too large");
        }

        @Override
        public void heard() {
            heard++;
        }

        @Override
        public void writable(boolean writable) {}

        @Override
        public void closing(int code) {
            closingWith.add(code);
        }

        @Override
        public void closed() {
            closed++;
        }
    }

    private final RecordingListener listener = new RecordingListener();
    private final WebSocketHandler handler = new WebSocketHandler(listener, new byte[MESSAGE_MAX], MESSAGE_MAX);
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);

    @AfterEach
    void release() {
        channel.finishAndReleaseAll();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] frame(int first, byte[] payload) {
        return frame(first, payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8, payload);
    }

    /** A masked frame whose length is written in so many extra bytes. */
    private static byte[] frame(int first, int lengthBytes, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(first);
        bytes.write(0x80 | (lengthBytes == 0 ? payload.length : lengthBytes == 2 ? 126 : 127));
        for (int i = lengthBytes - 1; i >= 0; i--) {
            bytes.write((int) ((long) payload.length >>> (8 * i)));
        }
        byte[] key = {0x12, (byte) 0x84, 0x56, (byte) 0xF8};
        bytes.writeBytes(key);
        for (int i = 0; i < payload.length; i++) {
            bytes.write(payload[i] ^ key[i & 3]);
        }
        return bytes.toByteArray();
    }

    private static byte[] closeFrame(int code, byte[] reason) {
        byte[] payload = new byte[2 + reason.length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(reason, 0, payload, 2, reason.length);
        return frame(FIN | CLOSE, payload);
    }

    private void receive(byte[]... frames) {
        for (byte[] frame : frames) {
            channel.writeInbound(Unpooled.wrappedBuffer(frame));
        }
    }

    /** What was written since the last look, as hexadecimal frames. */
    private List<String> written() {
        List<String> frames = new ArrayList<>();
        while (channel.readOutbound() instanceof ByteBuf frame) {
            frames.add(ByteBufUtil.hexDump(frame));
            frame.release();
        }
        return frames;
    }

    private void assertClosedWith(CloseCode code) {
        assertThat(written())
                .hasSize(1)
                .allSatisfy(frame -> assertThat(frame).startsWith("88").contains("%04x".formatted(code.code())));
    }

    // ---- messages ----

    @Test
    void aTextMessageIsHandedOver() {
        receive(frame(FIN | TEXT, utf8("héllo 中 \ud83d\ude00")));

        assertThat(listener.messages).containsExactly("héllo 中 \ud83d\ude00");
    }

    @Test
    void anEmptyMessageIsAMessage() {
        receive(frame(FIN | TEXT, NOTHING));

        assertThat(listener.messages).containsExactly("");
    }

    @Test
    void aBinaryMessageIsHandedOverAsItIs() {
        receive(frame(FIN | BINARY, new byte[] {(byte) 0xFF, 0}));

        assertThat(listener.messages).containsExactly("binary ff00");
    }

    @Test
    void fragmentsMakeOneMessage() {
        receive(frame(TEXT, utf8("a")), frame(0, NOTHING), frame(0, utf8("b")), frame(FIN, utf8("c")));

        assertThat(listener.messages).containsExactly("abc");
    }

    @Test
    void controlFramesMayStandBetweenFragments() {
        receive(
                frame(TEXT, utf8("a")),
                frame(FIN | PING, utf8("?")),
                frame(FIN | PONG, NOTHING),
                frame(FIN, utf8("b")));

        assertThat(listener.messages).containsExactly("ab");
        assertThat(written()).containsExactly("8a013f");
    }

    @Test
    void oneMessageFollowsAnotherInFragments() {
        for (int i = 0; i < 100; i++) {
            receive(frame(TEXT, utf8("a")), frame(FIN, utf8("b")));
        }

        assertThat(listener.messages).hasSize(100).containsOnly("ab");
    }

    @Test
    void whateverComesInIsHeard() {
        receive(frame(FIN | PONG, NOTHING));
        receive(new byte[] {(byte) 0x81});

        assertThat(listener.heard).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void howTheBytesAreSplitChangesNothing(long seed) {
        Random random = new Random(seed);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 6; i++) {
            byte[] text = utf8("é".repeat(random.nextInt(90)));
            int cut = random.nextInt(text.length + 1);
            if (random.nextBoolean()) {
                stream.writeBytes(frame(FIN | TEXT, text));
            } else {
                stream.writeBytes(frame(TEXT, Arrays.copyOf(text, cut)));
                stream.writeBytes(frame(FIN | PING, utf8("p" + i)));
                stream.writeBytes(frame(FIN, Arrays.copyOfRange(text, cut, text.length)));
            }
        }
        byte[] bytes = stream.toByteArray();
        receive(bytes);
        List<String> whole = List.copyOf(listener.messages);
        List<String> answers = written();

        for (int split = 1; split < bytes.length; split++) {
            RecordingListener other = new RecordingListener();
            EmbeddedChannel again =
                    new EmbeddedChannel(new WebSocketHandler(other, new byte[MESSAGE_MAX], MESSAGE_MAX));
            again.writeInbound(Unpooled.wrappedBuffer(bytes, 0, split));
            again.writeInbound(Unpooled.wrappedBuffer(bytes, split, bytes.length - split));
            assertThat(other.messages).as("seed %d split at %d", seed, split).isEqualTo(whole);
            assertThat(again.outboundMessages()).hasSameSizeAs(answers);
            again.finishAndReleaseAll();
        }
    }

    @Test
    void oneByteAtATimeChangesNothing() {
        for (byte b : frame(FIN | TEXT, utf8("x".repeat(300)))) {
            receive(new byte[] {b});
        }

        assertThat(listener.messages).containsExactly("x".repeat(300));
    }

    // ---- headers that are wrong: sections 5.1, 5.2, 5.4, 5.5 ----

    @Test
    void aFrameWithoutAMaskIsRefused() {
        receive(new byte[] {(byte) (FIN | TEXT), 0});

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x40, 0x20, 0x10, 0x70})
    void reservedBitsAreRefused(int bits) {
        receive(frame(FIN | bits | TEXT, utf8("a")));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
        assertThat(listener.messages).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    void unknownOpcodesAreRefused(int opcode) {
        receive(frame(FIN | opcode, NOTHING));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {CLOSE, PING, PONG})
    void controlFramesMustBeFinal(int opcode) {
        receive(frame(opcode, NOTHING));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {CLOSE, PING, PONG})
    void controlFramesHoldNoMoreThan125Bytes(int opcode) {
        receive(frame(FIN | opcode, new byte[126]));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void aPingOf125BytesIsAnswered() {
        receive(frame(FIN | PING, new byte[125]));

        assertThat(written()).containsExactly("8a7d" + "00".repeat(125));
    }

    @Test
    void aContinuationOfNothingIsRefused() {
        receive(frame(FIN, utf8("a")));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {TEXT, BINARY, FIN | TEXT, FIN | BINARY})
    void aNewMessageInsideAnotherIsRefused(int first) {
        receive(frame(TEXT, utf8("a")), frame(first, utf8("b")));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8})
    void aLengthThatIsNotWrittenAsShortAsItCanBeIsRefused(int lengthBytes) {
        receive(frame(FIN | TEXT, lengthBytes, new byte[125]));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void aLengthOf64BitsThatFits16IsRefused() {
        receive(frame(FIN | TEXT, 8, new byte[500]));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void aNegativeLengthIsRefused() {
        receive(new byte[] {(byte) (FIN | TEXT), (byte) 0xFF, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4});

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void nothingBehindAWrongFrameIsRead() {
        receive(frame(FIN | 3, NOTHING), frame(FIN | TEXT, utf8("a")));

        assertThat(listener.messages).isEmpty();
    }

    // ---- limits ----

    @Test
    void aMessageAtTheLimitIsTaken() {
        receive(frame(FIN | TEXT, new byte[MESSAGE_MAX]));

        assertThat(listener.messages).hasSize(1);
    }

    @Test
    void aMessageAboveTheLimitIsRefusedByItsHeaderAlone() {
        receive(Arrays.copyOf(frame(FIN | TEXT, new byte[MESSAGE_MAX + 1]), 8));

        assertClosedWith(CloseCode.TOO_BIG);
    }

    @Test
    void fragmentsMayAddUpToTheLimit() {
        receive(frame(TEXT, new byte[MESSAGE_MAX - 1]), frame(FIN, new byte[1]));

        assertThat(listener.messages).hasSize(1);
    }

    @Test
    void fragmentsMayNotAddUpToMoreThanTheLimit() {
        receive(frame(TEXT, new byte[MESSAGE_MAX]), frame(FIN, new byte[1]));

        assertClosedWith(CloseCode.TOO_BIG);
    }

    @Test
    void whoSendsTooMuchIsToldBeforeTheClose() {
        receive(frame(FIN | TEXT, new byte[MESSAGE_MAX + 1]));

        assertThat(listener.messages).containsExactly("too large");
    }

    @Test
    void aLengthBeyondAllMemoryIsRefused() {
        receive(new byte[] {(byte) (FIN | TEXT), (byte) 0xFF, 0x7F, -1, -1, -1, -1, -1, -1, -1, 1, 2, 3, 4});

        assertClosedWith(CloseCode.TOO_BIG);
    }

    @Test
    void sixtyFourFragmentsMakeAMessage() {
        receive(frame(TEXT, utf8("a")));
        for (int i = 2; i < 64; i++) {
            receive(frame(0, utf8("a")));
        }
        receive(frame(FIN, utf8("a")));

        assertThat(listener.messages).containsExactly("a".repeat(64));
    }

    @Test
    void sixtyFiveFragmentsAreRefused() {
        receive(frame(TEXT, utf8("a")));
        for (int i = 2; i <= 65; i++) {
            receive(frame(0, utf8("a")));
        }

        assertClosedWith(CloseCode.POLICY);
    }

    @Test
    void aScratchArrayThatIsTooSmallIsRefused() {
        assertThatThrownBy(() -> new WebSocketHandler(listener, new byte[10], 11))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- text is UTF-8: section 8.1 ----

    @Test
    void invalidTextIsRefused() {
        receive(frame(FIN | TEXT, new byte[] {'a', (byte) 0xC0, (byte) 0x80}));

        assertClosedWith(CloseCode.INVALID_PAYLOAD);
    }

    @Test
    void aCharacterMayBeSplitOverFragments() {
        byte[] emoji = utf8("\ud83d\ude00");
        receive(frame(TEXT, Arrays.copyOf(emoji, 1)));
        receive(frame(0, Arrays.copyOfRange(emoji, 1, 3)), frame(FIN, Arrays.copyOfRange(emoji, 3, 4)));

        assertThat(listener.messages).containsExactly("\ud83d\ude00");
    }

    @Test
    void aCharacterThatIsNotFinishedIsRefused() {
        receive(frame(TEXT, new byte[] {(byte) 0xF0}), frame(FIN, new byte[] {(byte) 0x9F, (byte) 0x98}));

        assertClosedWith(CloseCode.INVALID_PAYLOAD);
    }

    // ---- closing: sections 5.5.1 and 7 ----

    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    void aCloseIsAnsweredAndTheConnectionEnds(int code) {
        receive(closeFrame(code, utf8("bye")));

        assertClosedWith(CloseCode.NORMAL);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aCloseWithoutACodeIsAnswered() {
        receive(frame(FIN | CLOSE, NOTHING));

        assertClosedWith(CloseCode.NORMAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    void codesThatMayNotBeSentAreRefused(int code) {
        receive(closeFrame(code, NOTHING));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void theListenerHearsTheCodeThatTheClientClosesWith() {
        receive(closeFrame(4999, NOTHING));

        assertThat(listener.closingWith).containsExactly(4999);
    }

    @Test
    void halfACloseCodeIsRefused() {
        receive(frame(FIN | CLOSE, new byte[1]));

        assertClosedWith(CloseCode.PROTOCOL_ERROR);
    }

    @Test
    void aReasonThatIsNotUtf8IsRefused() {
        receive(closeFrame(1000, new byte[] {(byte) 0xFF}));

        assertClosedWith(CloseCode.INVALID_PAYLOAD);
    }

    @Test
    void aCloseIsAnsweredInTheMiddleOfAMessage() {
        receive(frame(TEXT, utf8("a")), closeFrame(1000, NOTHING));

        assertClosedWith(CloseCode.NORMAL);
    }

    @Test
    void nothingBehindACloseIsRead() {
        byte[] close = closeFrame(1000, NOTHING);
        byte[] both = Arrays.copyOf(close, close.length + 7);
        System.arraycopy(frame(FIN | TEXT, utf8("a")), 0, both, close.length, 7);
        receive(both);

        assertThat(listener.messages).isEmpty();
    }

    @Test
    void aServerThatClosesWaitsForTheAnswer() {
        handler.close(channel, CloseCode.SUPERSEDED, "superseded");

        assertClosedWith(CloseCode.SUPERSEDED);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void theClientsAnswerToACloseEndsTheConnection() {
        handler.close(channel, CloseCode.SUPERSEDED, "superseded");
        receive(closeFrame(4001, NOTHING));

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void withoutAnAnswerTheConnectionEndsAfterTwoSeconds() {
        handler.close(channel, CloseCode.SUPERSEDED, "superseded");
        channel.advanceTimeBy(1_999, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();

        channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    /** A connection closed with bytes still on their way to it is reset, and a reset may swallow the close frame. */
    @Test
    void theRestOfAMessageThatIsTooLargeIsWaitedOut() {
        byte[] large = frame(FIN | TEXT, new byte[5_000]);
        receive(Arrays.copyOf(large, 100), Arrays.copyOfRange(large, 100, large.length));

        assertThat(channel.isOpen()).isTrue();
        receive(closeFrame(1009, NOTHING));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatWasOnItsWayWhenTheServerClosedIsWaitedOutAndNotRead() {
        handler.close(channel, CloseCode.POLICY, "too many messages");
        receive(frame(FIN | TEXT, utf8("a")), frame(FIN | PING, NOTHING));

        assertThat(channel.isOpen()).isTrue();
        assertThat(listener.messages).isEmpty();
    }

    @Test
    void theListenerHearsOfTheEndOnce() {
        receive(closeFrame(1000, NOTHING));
        channel.close();

        assertThat(listener.closed).isOne();
    }

    // ---- pings ----

    @Test
    void whoPingsWithoutReadingGetsNoMoreAnswers() {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        for (int i = 0; i < 10_000; i++) {
            receive(frame(FIN | PING, new byte[125]));
        }

        assertThat(written()).isEmpty();
    }
}
