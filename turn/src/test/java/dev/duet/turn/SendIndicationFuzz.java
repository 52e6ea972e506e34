package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.FuzzTarget;
import dev.duet.stun.MessageClass;
import dev.duet.stun.MessageFuzz;
import dev.duet.stun.Method;
import dev.duet.stun.StunMessage;
import dev.duet.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/** Send indications read in place: the codec, which copies, must make the same of each. */
final class SendIndicationFuzz implements FuzzTarget {
    private static final int BEFORE = 9;

    private final Function<byte[], Optional<Seen>> reader;

    /** What an indication says; data in hexadecimal digits. */
    record Seen(TransportAddress peer, String data) {}

    SendIndicationFuzz() {
        this(SendIndicationFuzz::inPlace);
    }

    SendIndicationFuzz(Function<byte[], Optional<Seen>> reader) {
        this.reader = reader;
    }

    static Optional<Seen> inPlace(byte[] bytes) {
        return read(bytes, SendIndication::dataLength);
    }

    static Optional<Seen> read(byte[] bytes, Function<SendIndication, Integer> dataLength) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BEFORE + bytes.length + BEFORE);
        buffer.put(BEFORE, bytes);
        SendIndication indication = new SendIndication();
        if (!indication.read(buffer, BEFORE, bytes.length)) {
            return Optional.empty();
        }
        byte[] data = new byte[dataLength.apply(indication)];
        buffer.get(indication.dataOffset(), data);
        TransportAddress peer =
                new TransportAddress(indication.peerHigh(), indication.peerLow(), indication.peerPort());
        return Optional.of(new Seen(peer, HexFormat.of().formatHex(data)));
    }

    private static Optional<Seen> byTheCodec(byte[] bytes) {
        Optional<StunMessage> read = MessageFuzz.read(bytes)
                .filter(message -> message.method() == Method.SEND
                        && message.messageClass() == MessageClass.INDICATION
                        && message.unknownRequired(Requests::isUnderstood).isEmpty());
        return read.flatMap(message -> message.xorAddress(Attribute.XOR_PEER_ADDRESS)
                .flatMap(peer -> message.value(Attribute.DATA)
                        .map(data -> new Seen(peer, HexFormat.of().formatHex(data)))));
    }

    @Override
    public int run(byte[] input) {
        return 31 * check(input) + check(MessageFuzz.repaired(input));
    }

    private int check(byte[] bytes) {
        Optional<Seen> ours = reader.apply(bytes);
        Optional<Seen> theirs = byTheCodec(bytes);
        if (!ours.equals(theirs)) {
            throw new AssertionError("read " + ours + " and not " + theirs);
        }
        return ours.map(seen ->
                        1 + Math.min(4, seen.data().length() / 2) + (seen.peer().isIpv4() ? 16 : 0))
                .orElse(0);
    }
}
