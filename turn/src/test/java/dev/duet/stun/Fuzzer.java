package dev.duet.stun;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Runs a target on its corpus and on what a seed makes of it. Messages are changed as what they are, a header and attributes: one is
 * dropped, said twice, taken from another message, given another type or length; and as bytes. It sees no coverage, only what the target
 * says happened; the same seed is the same run.
 */
public final class Fuzzer {
    private static final int SIZE_MAX = 4_096;
    private static final int POOL_MAX = 2_000;
    private static final int HEADER_BYTES = 20;

    private final Random random;
    private final List<byte[]> words;
    private final List<byte[]> pool;
    private final int corpus;

    /** An input that broke a promise, and after how many runs it was found. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Finding(long runs, byte[] input, Throwable broken) {}

    public Fuzzer(long seed, List<byte[]> corpus, List<byte[]> words) {
        this.random = new Random(seed);
        this.words = words;
        this.pool = new ArrayList<>(corpus);
        this.corpus = corpus.size();
    }

    /** Runs the corpus, then so many more; ends at the first promise that is broken. */
    public Optional<Finding> run(FuzzTarget target, long runs) {
        Set<Integer> seen = new HashSet<>();
        for (long run = 0; run < corpus + runs; run++) {
            byte[] input = run < corpus ? pool.get((int) run) : mutated();
            try {
                if (seen.add(target.run(input)) && run >= corpus && pool.size() < POOL_MAX) {
                    pool.add(input);
                }
            } catch (RuntimeException | AssertionError e) {
                return Optional.of(new Finding(run + 1, input, e));
            }
        }
        return Optional.empty();
    }

    private byte[] mutated() {
        byte[] bytes = any(pool);
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes = random.nextInt(3) == 0 ? bytesChanged(bytes) : attributesChanged(bytes);
        }
        return bytes.length > SIZE_MAX ? Arrays.copyOf(bytes, SIZE_MAX) : bytes;
    }

    private byte[] bytesChanged(byte[] bytes) {
        byte[] changed = bytes.clone();
        int at = random.nextInt(bytes.length + 1);
        switch (random.nextInt(3)) {
            case 0 -> {
                if (at < bytes.length) {
                    changed[at] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 1 -> {
                byte[] word = any(words);
                System.arraycopy(word, 0, changed, at, Math.min(word.length, changed.length - at));
            }
            default -> changed = Arrays.copyOf(bytes, at);
        }
        return changed;
    }

    private byte[] attributesChanged(byte[] bytes) {
        List<byte[]> pieces = pieces(bytes);
        int at = 1 + random.nextInt(pieces.size());
        switch (random.nextInt(5)) {
            case 0 -> {
                if (at < pieces.size()) {
                    pieces.remove(at);
                }
            }
            case 1 -> pieces.add(at, pieces.get(random.nextInt(pieces.size())));
            case 2 -> {
                List<byte[]> others = pieces(any(pool));
                pieces.add(at, others.get(random.nextInt(others.size())));
            }
            case 3 -> {
                byte[] word = any(words);
                int valueBytes = random.nextInt(random.nextInt(8) == 0 ? 40 : 9);
                byte[] attribute = new byte[4 + (valueBytes + 3 & ~3)];
                random.nextBytes(attribute);
                System.arraycopy(word, 0, attribute, 0, Math.min(2, word.length));
                attribute[2] = 0;
                attribute[3] = (byte) valueBytes;
                pieces.add(at, attribute);
            }
            default -> {
                if (at < pieces.size() && pieces.get(at).length >= 4) {
                    byte[] attribute = pieces.get(at).clone();
                    attribute[3] += (byte) (random.nextInt(9) - 4);
                    pieces.set(at, attribute);
                }
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** The header and the attributes, as far as there are some. */
    private static List<byte[]> pieces(byte[] bytes) {
        List<byte[]> pieces = new ArrayList<>();
        int at = Math.min(HEADER_BYTES, bytes.length);
        pieces.add(Arrays.copyOf(bytes, at));
        while (at < bytes.length) {
            int valueBytes = bytes.length - at < 4 ? 0 : Byte.toUnsignedInt(bytes[at + 3]);
            int end = Math.min(bytes.length, at + 4 + (valueBytes + 3 & ~3));
            pieces.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return pieces;
    }

    private byte[] any(List<byte[]> list) {
        return list.get(random.nextInt(list.size()));
    }
}
