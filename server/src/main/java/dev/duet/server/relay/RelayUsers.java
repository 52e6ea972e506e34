package dev.duet.server.relay;

import dev.duet.server.RelayLimits;
import dev.duet.stun.LongTermKey;
import dev.duet.turn.Credentials;
import dev.duet.turn.User;
import dev.duet.turn.WaitingPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Who may use the relay: participants, each for as long as the seat lives, and whoever somebody with the shared secret vouches for.
 *
 * <p>Thread-safe.
 */
final class RelayUsers implements Credentials {
    /** Allocations of a user who waits for a call or has no seat yet: a browser takes one for each TURN URL. */
    static final int WAITING_ALLOCATIONS_MAX = 4;

    /** Credentials of one participant that can be named by their hash; older ones only by name. */
    private static final int HASHED_MAX = 4;

    private final RelayLimits limits;
    private final String realm;
    private final byte[] secret;
    private final SharedSecrets shared;
    private final WaitingPool pool;
    private final Map<String, Seated> seated = new ConcurrentHashMap<>();
    private final Map<String, String> usernamesByHash = new ConcurrentHashMap<>();
    private final Map<String, User> vouchedFor = new ConcurrentHashMap<>();

    /** @param hashes touched only within {@link #seated}'s own exclusion of others */
    private record Seated(User user, Deque<String> hashes) {}

    /**
     * Nobody is known yet.
     *
     * @param secret at least 16 random bytes, which nobody else knows
     * @param pool of everybody who waits for a call
     */
    RelayUsers(RelayLimits limits, String realm, byte[] secret, SharedSecrets shared, WaitingPool pool) {
        this.limits = limits;
        this.realm = realm;
        this.secret = secret;
        this.shared = shared;
        this.pool = pool;
    }

    /** A credential for a participant who has a seat. */
    IceServer.Login login(String participant) {
        return login(participant, limits.credentialLife(), false);
    }

    /** A credential for a preview, which may become that participant. */
    IceServer.Login visitorLogin(String visitor) {
        return login(visitor, IceServers.VISITOR_LIFE, true);
    }

    private IceServer.Login login(String participant, Duration life, boolean waits) {
        long expires = System.currentTimeMillis() / 1_000 + life.toSeconds();
        String username = new RestCredential(expires, participant).username();
        String hash = HexFormat.of().formatHex(LongTermKey.userHash(username, realm));
        seated.compute(
                participant,
                (id, known) -> { // As one with end(): nothing is entered for somebody who is being taken out.
                    Seated who = known;
                    if (who == null) {
                        who = new Seated(newUser(id), new ArrayDeque<>());
                        waits(who.user, waits);
                    }
                    if (!who.hashes.contains(hash)) {
                        who.hashes.add(hash);
                        usernamesByHash.put(hash, username);
                    }
                    while (who.hashes.size() > HASHED_MAX) {
                        usernamesByHash.remove(who.hashes.remove());
                    }
                    return who;
                });
        return new IceServer.Login(username, RestCredential.password(secret, username));
    }

    private User newUser(String id) {
        return new User(id, limits.allocationsMax(), limits.bitsPerSecondMax(), System.nanoTime(), pool);
    }

    /** The participant waits for a call from now on, or does not any more; gives the user, if it is known. */
    Optional<User> waits(String participant, boolean waits) {
        return user(participant).map(user -> {
            waits(user, waits);
            return user;
        });
    }

    private void waits(User user, boolean waits) {
        user.waits(waits);
        user.allow(waits ? Math.min(WAITING_ALLOCATIONS_MAX, limits.allocationsMax()) : limits.allocationsMax());
    }

    /** The participant gets no more allocations; the user, if there was one, is for the caller to close. */
    Optional<User> end(String participant) {
        User[] gone = new User[1];
        seated.computeIfPresent(participant, (_, who) -> {
            who.user.end();
            who.hashes.forEach(usernamesByHash::remove);
            gone[0] = who.user;
            return null;
        });
        return Optional.ofNullable(gone[0]);
    }

    /** What a participant's clients relayed so far. */
    Optional<User> user(String participant) {
        return Optional.ofNullable(seated.get(participant)).map(Seated::user);
    }

    @Override
    public List<Credential> byName(String username) {
        Optional<RestCredential> parsed = RestCredential.parse(username);
        if (parsed.isEmpty() || parsed.get().expiresSeconds() < System.currentTimeMillis() / 1_000) {
            return List.of();
        }
        String id = parsed.get().user();
        List<Credential> found = new ArrayList<>();
        if (seated.get(id) instanceof Seated who) {
            found.add(new Credential(username, RestCredential.password(secret, username), who::user));
        }
        for (byte[] one : shared.all()) {
            found.add(new Credential(
                    username,
                    RestCredential.password(one, username),
                    () -> vouchedFor.computeIfAbsent(id, this::newUser)));
        }
        return found;
    }

    @Override
    public List<Credential> byHash(byte[] userHash) {
        String username = usernamesByHash.get(HexFormat.of().formatHex(userHash));
        return username == null ? List.of() : byName(username);
    }

    /**
     * Forgets users without allocations for whom somebody vouched; they are made anew when they come again. Who is forgotten is ended, so that
     * a request which found them just before does not get an allocation that counts for nobody.
     */
    void forgetIdle() {
        vouchedFor.values().removeIf(User::endIfIdle);
    }

    /** Those who may have allocations. */
    Stream<User> all() {
        return Stream.concat(seated.values().stream().map(Seated::user), vouchedFor.values().stream());
    }

    /** How many users are known. */
    int count() {
        return seated.size() + vouchedFor.size();
    }
}
