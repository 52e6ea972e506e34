package dev.duet.server.relay;

import dev.duet.server.RelayLimits;
import dev.duet.stun.LongTermKey;
import dev.duet.turn.Credentials;
import dev.duet.turn.User;
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
    /** Credentials of one participant that can be named by their hash; older ones only by name. */
    private static final int HASHED_MAX = 4;

    private final RelayLimits limits;
    private final String realm;
    private final byte[] secret;
    private final SharedSecrets shared;
    private final Map<String, Seated> seated = new ConcurrentHashMap<>();
    private final Map<String, String> usernamesByHash = new ConcurrentHashMap<>();
    private final Map<String, User> vouchedFor = new ConcurrentHashMap<>();

    private record Seated(User user, Deque<String> hashes) {}

    /** @param secret at least 16 random bytes, which nobody else knows */
    RelayUsers(RelayLimits limits, String realm, byte[] secret, SharedSecrets shared) {
        this.limits = limits;
        this.realm = realm;
        this.secret = secret;
        this.shared = shared;
    }

    /** A credential for a participant who has a seat. */
    IceServer.Login login(String participant) {
        Duration life = limits.credentialLife();
        long expires = System.currentTimeMillis() / 1_000 + life.toSeconds();
        String username = new RestCredential(expires, participant).username();
        Seated who = seated.computeIfAbsent(participant, id -> new Seated(newUser(id), new ArrayDeque<>()));
        String hash = HexFormat.of().formatHex(LongTermKey.userHash(username, realm));
        synchronized (who) {
            if (!who.hashes.contains(hash)) {
                who.hashes.add(hash);
                usernamesByHash.put(hash, username);
            }
            while (who.hashes.size() > HASHED_MAX) {
                usernamesByHash.remove(who.hashes.remove());
            }
        }
        return new IceServer.Login(username, RestCredential.password(secret, username));
    }

    private User newUser(String id) {
        return new User(id, limits.allocationsMax(), limits.bitsPerSecondMax(), System.nanoTime());
    }

    /** The participant gets no more allocations; the user, if there was one, is for the caller to close. */
    Optional<User> end(String participant) {
        Optional<Seated> gone = Optional.ofNullable(seated.remove(participant));
        gone.ifPresent(who -> {
            who.user.end();
            synchronized (who) {
                who.hashes.forEach(usernamesByHash::remove);
            }
        });
        return gone.map(Seated::user);
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

    /** Forgets users without allocations for whom somebody vouched; they are made anew when they come again. */
    void forgetIdle() {
        vouchedFor.values().removeIf(user -> user.allocations() == 0);
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
