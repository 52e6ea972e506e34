package dev.duet.engineio;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Bodies of POSTs. A second reader, which works on strings as JavaScript does, must make the same of each, and what was read and is written
 * must be read again.
 */
public final class PayloadFuzz implements FuzzTarget {
    private static final String NONE = "none";

    private final EngineCodec codec;
    private final boolean binary;
    private final Function<Payload, Optional<List<Packet>>> decoder;

    private PayloadFuzz(EngineVersion version, boolean binary, Function<Payload, Optional<List<Packet>>> decoder) {
        this.codec = EngineCodec.of(version);
        this.binary = binary;
        this.decoder = decoder;
    }

    /** The codec of this revision, with bodies of text or of bytes. */
    public static PayloadFuzz of(EngineVersion version, boolean binary) {
        return new PayloadFuzz(version, binary, EngineCodec.of(version)::decode);
    }

    /** The same with another decoder in its place. */
    PayloadFuzz with(Function<Payload, Optional<List<Packet>>> otherDecoder) {
        return new PayloadFuzz(
                codec == EngineCodec3.INSTANCE ? EngineVersion.V3 : EngineVersion.V4, binary, otherDecoder);
    }

    @Override
    public int run(byte[] input) {
        // The adapter lets only valid UTF-8 through as text.
        byte[] body = binary ? input : new String(input, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);

        Optional<List<Packet>> packets = decoder.apply(new Payload(binary, body));

        List<String> ours = packets.map(PayloadFuzz::show).orElse(List.of(NONE));
        List<String> theirs = binary ? ofBytes(body) : ofText(new String(body, StandardCharsets.UTF_8));
        if (!ours.equals(theirs)) {
            throw new AssertionError("read " + ours + " and not " + theirs);
        }
        packets.ifPresent(read -> {
            for (boolean base64 : new boolean[] {false, true}) {
                Optional<List<Packet>> again = decoder.apply(codec.encode(read, base64));
                if (!again.map(PayloadFuzz::show).orElse(List.of(NONE)).equals(ours)) {
                    throw new AssertionError(
                            "written and read again, " + ours + " are " + again.map(PayloadFuzz::show));
                }
            }
        });
        int shapes = 0;
        for (Packet packet : packets.orElse(List.of())) {
            int shape = packet.binary() ? 7 : packet.type().ordinal();
            shapes = 31 * shapes + 3 * shape + Math.min(2, packet.data().length);
        }
        return shapes;
    }

    private static List<String> show(List<Packet> packets) {
        return packets.stream()
                .map(packet -> (packet.binary() ? "b" : "") + packet.type().ordinal() + hex(packet.data()))
                .toList();
    }

    private static String hex(byte... bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    // ---- the second reader ----

    private List<String> ofText(String text) {
        List<String> read = new ArrayList<>();
        if (codec == EngineCodec4.INSTANCE) {
            for (String packet : text.split("\u001e", -1)) {
                read.add(packet(packet, "b"));
            }
        } else {
            String rest = text;
            while (!rest.isEmpty()) {
                int colon = rest.indexOf(':');
                if (colon < 1 || !rest.substring(0, colon).matches("[0-9]{1,9}")) {
                    return List.of(NONE);
                }
                int end = colon + 1 + Integer.parseInt(rest.substring(0, colon));
                boolean outside = end > rest.length();
                boolean inPair = !outside
                        && end > 0
                        && end < rest.length()
                        && Character.isSurrogatePair(rest.charAt(end - 1), rest.charAt(end));
                if (outside || inPair) {
                    return List.of(NONE);
                }
                read.add(packet(rest.substring(colon + 1, end), "b4"));
                rest = rest.substring(end);
            }
        }
        return checked(read);
    }

    private List<String> ofBytes(byte[] body) {
        if (codec == EngineCodec4.INSTANCE) {
            return List.of(NONE);
        }
        List<String> read = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(body);
        while (rest.hasRemaining()) {
            int kind = rest.get();
            StringBuilder length = new StringBuilder();
            byte digit = 0;
            while (rest.hasRemaining() && (digit = rest.get()) >= 0 && digit <= 9) {
                length.append(digit);
            }
            boolean bad = kind < 0 || kind > 1 || digit != -1 || length.isEmpty() || length.length() > 9;
            if (bad || Integer.parseInt(length.toString()) > rest.remaining()) {
                return List.of(NONE);
            }
            byte[] packet = new byte[Integer.parseInt(length.toString())];
            rest.get(packet);
            if (kind == 1) {
                boolean message = packet.length > 0 && packet[0] == 4;
                read.add(message ? "b4" + hex(Arrays.copyOfRange(packet, 1, packet.length)) : NONE);
            } else {
                try {
                    String text = StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(packet))
                            .toString();
                    read.add(packet(text, "b4"));
                } catch (CharacterCodingException _) {
                    return List.of(NONE);
                }
            }
        }
        return checked(read);
    }

    private static List<String> checked(List<String> read) {
        boolean wrong = read.isEmpty() || read.contains(NONE) || read.size() > EngineCodec.PACKETS_MAX;
        return wrong ? List.of(NONE) : read;
    }

    private static String packet(String text, String base64Prefix) {
        if (text.startsWith(base64Prefix)) {
            try {
                String base64 = text.substring(base64Prefix.length()).replaceAll("[\r\n]", "");
                // One byte for each character, or what is none of ASCII could become a letter.
                return "b4" + hex(Base64.getDecoder().decode(base64.getBytes(StandardCharsets.UTF_8)));
            } catch (IllegalArgumentException _) {
                return NONE;
            }
        }
        boolean typed = !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '6';
        return typed ? text.charAt(0) + hex(text.substring(1).getBytes(StandardCharsets.UTF_8)) : NONE;
    }
}
