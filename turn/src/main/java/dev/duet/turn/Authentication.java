package dev.duet.turn;

import dev.duet.stun.Attribute;
import dev.duet.stun.LongTermKey;
import dev.duet.stun.Method;
import dev.duet.stun.OpaqueString;
import dev.duet.stun.PasswordAlgorithm;
import dev.duet.stun.StunError;
import dev.duet.stun.StunMessage;
import dev.duet.turn.Allocation.Identity;
import dev.duet.turn.Credentials.Credential;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The long-term credential mechanism, as a server checks it: RFC 8489 section 9.2.4. Stateless but for its nonces. */
final class Authentication {
    /** The value of PASSWORD-ALGORITHMS: the better one first. */
    static final byte[] OFFERED = PasswordAlgorithm.bytes(
            List.of(PasswordAlgorithm.of(PasswordAlgorithm.SHA256), PasswordAlgorithm.of(PasswordAlgorithm.MD5)));

    private final TurnServer server;
    private final Nonces nonces;

    sealed interface Result {
        /** The request is signed by this one. */
        record Known(Identity identity) implements Result {}

        record Failed(StunError error) implements Result {}
    }

    Authentication(TurnServer server) {
        this.server = server;
        this.nonces = new Nonces(server.secret());
    }

    String nonce(Client client, long nowNanos) {
        return nonces.make(client.address(), nowNanos);
    }

    /** @param allocation what the request is about, if there is one already: its key is used, whatever became of the credential */
    Result check(StunMessage request, Client client, @Nullable Allocation allocation, long nowNanos) {
        // 1. Not signed: the client learns the realm and gets a nonce.
        if (!request.hasIntegritySha1() && !request.hasIntegritySha256()) {
            return new Result.Failed(StunError.UNAUTHENTICATED);
        }
        // 2. Signed, but by whom?
        Optional<String> nonce = request.text(Attribute.NONCE);
        Optional<String> realm = request.text(Attribute.REALM);
        boolean named = request.has(Attribute.USERNAME) || request.has(Attribute.USERHASH);
        if (!named || nonce.isEmpty() || realm.isEmpty()) {
            return new Result.Failed(StunError.BAD_REQUEST);
        }
        // 3. The algorithms that we offered have to come back as they were, so that nobody on the way took the better
        // one out.
        OptionalInt algorithm = algorithm(request);
        if (algorithm.isEmpty()) {
            return new Result.Failed(StunError.BAD_REQUEST);
        }
        // 4. The nonce.
        if (nonces.check(nonce.get(), client.address(), nowNanos) == Nonces.Verdict.STALE) {
            return new Result.Failed(StunError.STALE_NONCE);
        }
        if (!realm.get().equals(server.options().realm())) {
            return new Result.Failed(StunError.UNAUTHENTICATED);
        }
        // 5. The username. 6. The signature.
        boolean sha256 = request.hasIntegritySha256();
        if (allocation != null && isOwner(request, allocation.identity())) {
            return owner(request, allocation.identity(), sha256);
        }
        // RFC 8656 section 5: requests about an allocation use the credential that made it. Somebody else's Allocate
        // is no such request; section 7.2 answers it.
        return allocation == null || request.method() == Method.ALLOCATE
                ? newcomer(request, algorithm.getAsInt(), sha256)
                : new Result.Failed(StunError.WRONG_CREDENTIALS);
    }

    private Result newcomer(StunMessage request, int algorithm, boolean sha256) {
        List<Credential> found = request.has(Attribute.USERHASH)
                ? request.value(Attribute.USERHASH)
                        .map(server.credentials()::byHash)
                        .orElse(List.of())
                : request.text(Attribute.USERNAME)
                        .filter(name -> OpaqueString.prepare(name).isPresent())
                        .map(server.credentials()::byName)
                        .orElse(List.of());
        for (Credential credential : found) {
            byte[] key = key(credential, algorithm);
            if (isSigned(request, key, sha256)) {
                return new Result.Known(new Identity(
                        credential.username(), key, sha256, credential.user().get()));
            }
        }
        return new Result.Failed(StunError.UNAUTHENTICATED);
    }

    private byte[] key(Credential credential, int algorithm) {
        String realm = server.options().realm();
        return algorithm == PasswordAlgorithm.SHA256
                ? LongTermKey.sha256(credential.username(), realm, credential.password())
                : LongTermKey.md5(credential.username(), realm, credential.password());
    }

    private boolean isOwner(StunMessage request, Identity identity) {
        return request.has(Attribute.USERHASH)
                ? MessageDigest.isEqual(
                        request.value(Attribute.USERHASH).orElseThrow(),
                        LongTermKey.userHash(
                                identity.username(), server.options().realm()))
                : request.text(Attribute.USERNAME).equals(Optional.of(identity.username()));
    }

    private static Result owner(StunMessage request, Identity identity, boolean sha256) {
        return isSigned(request, identity.key(), sha256)
                ? new Result.Known(new Identity(identity.username(), identity.key(), sha256, identity.user()))
                : new Result.Failed(StunError.UNAUTHENTICATED);
    }

    private static boolean isSigned(StunMessage request, byte[] key, boolean sha256) {
        return sha256 ? request.verifySha256(key) : request.verifySha1(key);
    }

    /** Empty when the two attributes do not fit each other or what was offered. */
    private static OptionalInt algorithm(StunMessage request) {
        boolean offered = request.has(Attribute.PASSWORD_ALGORITHMS);
        boolean chosen = request.has(Attribute.PASSWORD_ALGORITHM);
        if (!offered && !chosen) {
            return OptionalInt.of(PasswordAlgorithm.MD5);
        }
        boolean asOffered = request.value(Attribute.PASSWORD_ALGORITHMS)
                .filter(list -> MessageDigest.isEqual(list, OFFERED))
                .isPresent();
        int number = request.value(Attribute.PASSWORD_ALGORITHM)
                .flatMap(PasswordAlgorithm::read)
                .map(PasswordAlgorithm::number)
                .orElse(0);
        boolean known = number == PasswordAlgorithm.MD5 || number == PasswordAlgorithm.SHA256;
        return asOffered && known ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
