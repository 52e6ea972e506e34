package dev.duet.engineio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Runs a target on its corpus and on what a seed makes of it: bits flipped, pieces inserted, deleted, repeated, spliced, words of the grammar
 * put in. It sees no coverage, only what the target says happened; the same seed is the same run.
 */
public final class Fuzzer {
    private static final int SIZE_MAX = 4_096;
    private static final int POOL_MAX = 2_000;

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
                boolean news = seen.add(target.run(input));
                if (news && run >= corpus && pool.size() < POOL_MAX) {
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
        for (int i = random.nextInt(5); i >= 0; i--) {
            bytes = mutated(bytes);
        }
        return bytes.length > SIZE_MAX ? Arrays.copyOf(bytes, SIZE_MAX) : bytes;
    }

    private byte[] mutated(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, at + random.nextInt(1 + random.nextInt(24)));
        byte[] none = {};
        return switch (random.nextInt(8)) {
            case 0 -> {
                byte[] flipped = bytes.clone();
                if (at < bytes.length) {
                    flipped[at] ^= (byte) (1 << random.nextInt(8));
                }
                yield flipped;
            }
            case 1 -> with(bytes, at, at, new byte[] {(byte) random.nextInt(256)});
            case 2 -> with(bytes, at, to, none);
            case 3 -> with(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            case 4 -> {
                byte[] other = any(pool);
                yield with(
                        bytes,
                        at,
                        bytes.length,
                        Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length));
            }
            case 5 -> {
                byte[] other = any(pool);
                yield with(bytes, at, at, other);
            }
            case 6 -> with(bytes, at, Math.min(bytes.length, at + 1), any(words));
            default -> with(bytes, at, at, any(words));
        };
    }

    private byte[] any(List<byte[]> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static byte[] with(byte[] bytes, int from, int to, byte[] between) {
        byte[] all = Arrays.copyOf(bytes, from + between.length + bytes.length - to);
        System.arraycopy(between, 0, all, from, between.length);
        System.arraycopy(bytes, to, all, from + between.length, bytes.length - to);
        return all;
    }
}
