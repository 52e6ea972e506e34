package dev.duet.turn;

import static dev.duet.turn.FakeClient.NOTHING;
import static dev.duet.turn.FakeClient.UDP_TRANSPORT;
import static dev.duet.turn.FakeClient.error;
import static dev.duet.turn.FakeClient.newTransaction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.Attribute;
import dev.duet.stun.LongTermKey;
import dev.duet.stun.MessageClass;
import dev.duet.stun.Method;
import dev.duet.stun.PasswordAlgorithm;
import dev.duet.stun.StunMessage;
import dev.duet.stun.StunWriter;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Long-term credentials: RFC 8489 section 9.2.4, and RFC 8656 section 5. */
final class TurnShardAuthenticationTest {
    private final Site site = new Site();
    private final FakeClient ann = site.client("ann", 1);

    /** A request with these attributes and a signature by ann's MD5 key. */
    private byte[] request(Consumer<StunWriter> attributes) {
        StunWriter writer = new StunWriter().start(Method.ALLOCATE, MessageClass.REQUEST, newTransaction());
        UDP_TRANSPORT.andThen(attributes).accept(writer);
        return writer.integritySha1(ann.key()).toBytes();
    }

    @Test
    void anUnsignedRequestGets401WithRealmNonceAndAlgorithms() {
        StunMessage answer = ann.answer(ann.plain(Method.ALLOCATE, UDP_TRANSPORT));

        assertThat(error(answer)).isEqualTo(401);
        assertThat(answer.text(Attribute.REALM)).hasValue("duet");
        assertThat(answer.text(Attribute.NONCE).orElseThrow()).startsWith("obMatJos2wAAA");
        assertThat(PasswordAlgorithm.readAll(
                        answer.value(Attribute.PASSWORD_ALGORITHMS).orElseThrow()))
                .hasValueSatisfying(all -> assertThat(all)
                        .extracting(PasswordAlgorithm::number)
                        .containsExactly(PasswordAlgorithm.SHA256, PasswordAlgorithm.MD5));
        assertThat(answer.hasIntegritySha1() || answer.hasIntegritySha256()).isFalse();
    }

    @Test
    void whatIsSignedButDoesNotSayByWhomIsBad() {
        ann.newNonce();

        assertThat(error(ann.answer(request(r -> r.text(Attribute.REALM, "duet").text(Attribute.NONCE, ann.nonce)))))
                .isEqualTo(400);
        assertThat(error(ann.answer(
                        request(r -> r.text(Attribute.USERNAME, "ann").text(Attribute.NONCE, ann.nonce)))))
                .isEqualTo(400);
        assertThat(error(ann.answer(
                        request(r -> r.text(Attribute.USERNAME, "ann").text(Attribute.REALM, "duet")))))
                .isEqualTo(400);
    }

    @Test
    void anotherRealmUserOrPasswordIsNotKnown() {
        ann.newNonce();

        assertThat(error(ann.answer(request(r -> r.text(Attribute.USERNAME, "ann")
                        .text(Attribute.REALM, "elsewhere")
                        .text(Attribute.NONCE, ann.nonce)))))
                .isEqualTo(401);
        ann.password = "wrong";
        assertThat(error(ann.allocate(NOTHING))).isEqualTo(401);
        ann.name = "nobody";
        assertThat(error(ann.allocate(NOTHING))).isEqualTo(401);
        assertThat(site.open()).isZero();
        assertThat(site.user("ann").allocations()).isZero();
    }

    @Test
    void aUsernameThatNoKeyCanBeMadeOfIsNotKnown() {
        ann.newNonce();

        for (String name : List.of("", "\u0007", "\u00ad")) {
            assertThat(error(ann.answer(request(r -> r.text(Attribute.USERNAME, name)
                            .text(Attribute.REALM, "duet")
                            .text(Attribute.NONCE, ann.nonce)))))
                    .isEqualTo(401);
        }
    }

    @Test
    void aMessageThatWasChangedIsNotSigned() {
        byte[] bytes = ann.signed(Method.ALLOCATE, newTransaction(), UDP_TRANSPORT);
        bytes[10] ^= 1;

        assertThat(error(ann.answer(bytes))).isEqualTo(401);
    }

    /** Both passwords of {@link Site} are tried: a secret is being replaced by another. */
    @Test
    void theOlderPasswordIsGoodToo() {
        ann.password = "an older password";

        assertThat(error(ann.allocate(NOTHING))).isZero();
    }

    @Test
    void theAnswerIsSignedAsTheRequestWas() {
        assertThat(ann.allocate(NOTHING).hasIntegritySha1()).isTrue();
        FakeClient bob = site.client("bob", 2);
        bob.sha256 = true;

        StunMessage answer = bob.allocate(NOTHING);

        assertThat(error(answer)).isZero();
        assertThat(answer.hasIntegritySha256()).isTrue();
        assertThat(answer.hasIntegritySha1()).isFalse();
        assertThat(error(bob.refresh(600))).isZero();
    }

    @Test
    void aFingerprintIsAnsweredWithAFingerprint() {
        ann.allocate();
        ann.newNonce();
        byte[] with = new StunWriter()
                .start(Method.REFRESH, MessageClass.REQUEST, newTransaction())
                .text(Attribute.USERNAME, "ann")
                .text(Attribute.REALM, "duet")
                .text(Attribute.NONCE, ann.nonce)
                .integritySha1(ann.key())
                .fingerprint()
                .toBytes();

        assertThat(ann.answer(with).hasFingerprint()).isTrue();
        assertThat(ann.refresh(600).hasFingerprint()).isFalse();
    }

    /** RFC 8489 section 9.2.4: the username's hash in its place. */
    @Test
    void aHiddenUsernameIsKnown() {
        ann.userHash = true;
        ann.sha256 = true;

        assertThat(error(ann.allocate(NOTHING))).isZero();
        assertThat(error(ann.refresh(600))).isZero();
        ann.name = "bob";
        ann.password = Site.password("bob");
        assertThat(error(ann.refresh(600))).isEqualTo(441);
    }

    @Test
    void aHashOfNobodyIsNotKnown() {
        ann.userHash = true;
        ann.name = "nobody";

        assertThat(error(ann.allocate(NOTHING))).isEqualTo(401);
    }

    // ---- bid-down ----

    @Test
    void algorithmsThatWereNotOfferedAreBad() {
        ann.sha256 = true;
        ann.algorithms = PasswordAlgorithm.bytes(List.of(PasswordAlgorithm.of(PasswordAlgorithm.MD5)));

        assertThat(error(ann.allocate(NOTHING))).isEqualTo(400);
        ann.algorithms = PasswordAlgorithm.bytes(
                List.of(PasswordAlgorithm.of(PasswordAlgorithm.MD5), PasswordAlgorithm.of(PasswordAlgorithm.SHA256)));
        assertThat(error(ann.allocate(NOTHING))).isEqualTo(400);
        ann.algorithms = new byte[0];
        assertThat(error(ann.allocate(NOTHING))).isEqualTo(400);
    }

    @Test
    void oneOfTheTwoAlgorithmAttributesIsBad() {
        ann.newNonce();
        Consumer<StunWriter> who = r ->
                r.text(Attribute.USERNAME, "ann").text(Attribute.REALM, "duet").text(Attribute.NONCE, ann.nonce);
        byte[] md5 = PasswordAlgorithm.bytes(List.of(PasswordAlgorithm.of(PasswordAlgorithm.MD5)));
        byte[] other = PasswordAlgorithm.bytes(List.of(PasswordAlgorithm.of(9)));

        assertThat(error(ann.answer(
                        request(who.andThen(r -> r.attribute(Attribute.PASSWORD_ALGORITHMS, Authentication.OFFERED))))))
                .isEqualTo(400);
        assertThat(error(ann.answer(request(who.andThen(r -> r.attribute(Attribute.PASSWORD_ALGORITHM, md5))))))
                .isEqualTo(400);
        for (byte[] chosen : List.of(other, new byte[0], new byte[] {0}, Authentication.OFFERED)) {
            assertThat(error(ann.answer(
                            request(who.andThen(r -> r.attribute(Attribute.PASSWORD_ALGORITHMS, Authentication.OFFERED)
                                    .attribute(Attribute.PASSWORD_ALGORITHM, chosen))))))
                    .isEqualTo(400);
        }
        assertThat(error(ann.answer(
                        request(who.andThen(r -> r.attribute(Attribute.PASSWORD_ALGORITHMS, Authentication.OFFERED)
                                .attribute(Attribute.PASSWORD_ALGORITHM, md5))))))
                .isZero();
    }

    // ---- nonces ----

    @Test
    void aNonceIsGoodForTenMinutes() {
        ann.allocate();
        site.pass(300);
        assertThat(error(ann.refresh(3_600))).isZero();
        site.pass(300);
        assertThat(error(ann.refresh(3_600))).isZero();
        site.pass(1);

        StunMessage stale = ann.refresh(3_600);

        assertThat(error(stale)).isEqualTo(438);
        ann.nonce = stale.text(Attribute.NONCE).orElseThrow();
        assertThat(stale.text(Attribute.REALM)).hasValue("duet");
        assertThat(stale.has(Attribute.PASSWORD_ALGORITHMS)).isTrue();
        assertThat(error(ann.refresh(3_600))).isZero();
    }

    @Test
    void aNonceIsOneClientsOnly() {
        ann.newNonce();
        FakeClient other = site.client("ann", 2);
        other.nonce = ann.nonce;
        FakeClient otherPort = new FakeClient(site, "ann", Site.ipv4(20, 0, 1, 1, 6_001), 0, Client.Transport.UDP);
        otherPort.nonce = ann.nonce;

        assertThat(error(other.allocate(NOTHING))).isEqualTo(438);
        assertThat(error(otherPort.allocate(NOTHING))).isEqualTo(438);
        assertThat(error(ann.allocate(NOTHING))).isZero();
    }

    /** The kernel may send a client elsewhere when a server is restarted with the same secret. */
    @Test
    void aNonceOfAnotherShardIsGood() {
        FakeClient elsewhere = site.client("ann", 1, 1, Client.Transport.UDP);
        elsewhere.newNonce();
        ann.nonce = elsewhere.nonce;

        assertThat(error(ann.allocate(NOTHING))).isZero();
    }

    @Test
    void whatIsNoNonceOfOursIsStale() {
        ann.newNonce();
        String good = ann.nonce;
        for (String nonce : List.of(
                "x",
                good + "A",
                good.substring(1),
                good.substring(0, good.length() - 1) + (good.endsWith("A") ? "B" : "A"),
                good.substring(0, 13) + "AAAAAAAAAAAAAA==",
                good.substring(0, 13) + "????????????????",
                good.substring(0, 13) + "\u00e9".repeat(16),
                "obMatJos2AAAA" + good.substring(13))) {
            ann.nonce = nonce;
            assertThat(error(ann.allocate(NOTHING))).as(nonce).isEqualTo(438);
        }
    }

    // ---- RFC 8656 section 5: whose allocation it is ----

    @Test
    void requestsAboutAnAllocationAreItsOwnersAlone() {
        ann.allocate();
        ann.name = "bob";
        ann.password = Site.password("bob");

        assertThat(error(ann.refresh(0))).isEqualTo(441);
        assertThat(error(ann.permit(Site.PEER))).isEqualTo(441);
        assertThat(error(ann.bind(0x4000, Site.PEER))).isEqualTo(441);
        assertThat(site.open()).isEqualTo(1);
    }

    /** RFC 8656 section 18: 441 is for other requests; section 7.2 step 2 has 437 for this. Browsers go on from another port then. */
    @Test
    void anotherUsersAllocateOnTheSame5TupleIsAMismatch() {
        byte[] transaction = newTransaction();
        ann.answer(ann.signed(Method.ALLOCATE, transaction, UDP_TRANSPORT));
        ann.name = "bob";
        ann.password = Site.password("bob");

        assertThat(error(ann.allocate(NOTHING))).isEqualTo(437);
        assertThat(error(ann.answer(ann.signed(Method.ALLOCATE, transaction, UDP_TRANSPORT))))
                .isEqualTo(437);
        assertThat(site.user("bob").allocations()).isZero();
    }

    @Test
    void theKeyOfAnAllocationStaysTheOneItWasMadeWith() {
        ann.allocate();
        ann.password = "an older password";

        assertThat(error(ann.refresh(600))).isEqualTo(401);
    }

    @Test
    void aHashOfAnotherLengthIsNobodys() {
        ann.allocate();
        byte[] request = new StunWriter()
                .start(Method.REFRESH, MessageClass.REQUEST, newTransaction())
                .attribute(Attribute.USERHASH, new byte[3])
                .text(Attribute.REALM, "duet")
                .text(Attribute.NONCE, ann.nonce)
                .integritySha1(LongTermKey.md5("ann", "duet", Site.password("ann")))
                .toBytes();

        assertThat(error(ann.answer(request))).isEqualTo(441);
    }
}
