package dev.duet.turn;

import static dev.duet.turn.FakeClient.NOTHING;
import static dev.duet.turn.FakeClient.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.Attribute;
import dev.duet.stun.Method;
import dev.duet.stun.TransportAddress;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CreatePermission, RFC 8656 section 10.2, and ChannelBind, section 12.2. */
final class TurnShardPeersTest {
    private static final TransportAddress PRIVATE = Site.ipv4(10, 0, 0, 1, 4_000);
    private static final TransportAddress OTHER = Site.ipv4(5, 6, 7, 9, 4_000);
    private static final int PERMISSION_SECONDS = 300;
    private static final int CHANNEL_SECONDS = 600;

    private final Site site = new Site();
    private final FakeClient ann = site.client("ann", 1);
    private TransportAddress relayed = Site.HOST;

    @BeforeEach
    void allocate() {
        relayed = ann.allocate();
        ann.refresh(3_600);
    }

    private static TransportAddress peer(int i) {
        return Site.ipv4(5, 6, i >> 8, i & 0xff, 4_000);
    }

    /** Whether data passes both ways. */
    private boolean isPermitted(TransportAddress peer) {
        site.toPeers.clear();
        site.toClients.clear();
        ann.sendIndication(peer, new byte[] {1});
        site.fromPeer(peer, relayed, new byte[] {1});
        assertThat(site.toClients).hasSameSizeAs(site.toPeers);
        return site.toPeers.size() == 1;
    }

    private boolean isBound(int channel) {
        site.toPeers.clear();
        ann.channelData(channel, new byte[] {1});
        return site.toPeers.size() == 1;
    }

    // ---- CreatePermission ----

    @Test
    void aPermissionIsForAnAddressWithAllItsPorts() {
        assertThat(error(ann.permit(Site.PEER))).isZero();

        assertThat(isPermitted(Site.PEER)).isTrue();
        assertThat(isPermitted(Site.ipv4(5, 6, 7, 8, 1))).isTrue();
        assertThat(isPermitted(OTHER)).isFalse();
    }

    @Test
    void withoutAPeerItIsBad() {
        assertThat(error(ann.permit())).isEqualTo(400);
        assertThat(error(ann.ask(
                        Method.CREATE_PERMISSION,
                        r -> r.xorAddress(Attribute.XOR_PEER_ADDRESS, Site.PEER)
                                .attribute(Attribute.XOR_PEER_ADDRESS, new byte[8]))))
                .isEqualTo(400);
        assertThat(isPermitted(Site.PEER)).isFalse();
    }

    @Test
    void allOfThemAreInstalledOrNone() {
        assertThat(error(ann.permit(Site.PEER, OTHER))).isZero();
        assertThat(isPermitted(Site.PEER)).isTrue();
        assertThat(isPermitted(OTHER)).isTrue();

        assertThat(error(ann.permit(peer(1), PRIVATE))).isEqualTo(403);
        assertThat(isPermitted(peer(1))).isFalse();
        assertThat(error(ann.permit(peer(1), Site.PEER6))).isEqualTo(443);
        assertThat(isPermitted(peer(1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7f000001, 0x0a000001, 0xc0a80001, 0xa9fea9fe, 0xffffffff, 0xe0000001, 0})
    void whatIsNotPublicIsForbidden(int address) {
        TransportAddress peer = new TransportAddress(0, TransportAddress.ipv4(address), 4_000);

        assertThat(error(ann.permit(peer))).isEqualTo(403);
        assertThat(error(ann.bind(0x4000, peer))).isEqualTo(403);
        assertThat(isPermitted(peer)).isFalse();
        assertThat(isBound(0x4000)).isFalse();
    }

    @Test
    void aFamilyThatTheAllocationDoesNotHaveIsAMismatch() {
        assertThat(error(ann.permit(Site.PEER6))).isEqualTo(443);
        assertThat(error(ann.bind(0x4000, Site.PEER6))).isEqualTo(443);
    }

    @Test
    void thereAreNoMoreThan64() {
        ann.permit(IntStream.range(0, 60).mapToObj(TurnShardPeersTest::peer).toArray(TransportAddress[]::new));

        assertThat(error(ann.permit(peer(60), peer(61), peer(62), peer(63), peer(64))))
                .isEqualTo(508);
        assertThat(isPermitted(peer(60))).isFalse();
        assertThat(error(ann.permit(peer(60), peer(61), peer(62), peer(63)))).isZero();
        assertThat(error(ann.permit(peer(64)))).isEqualTo(508);
        assertThat(error(ann.bind(0x4000, peer(64)))).isEqualTo(508);
        assertThat(isBound(0x4000)).isFalse();
        assertThat(error(ann.permit(peer(0), peer(0), peer(1))))
                .as("those there are")
                .isZero();
        site.pass(PERMISSION_SECONDS);
        assertThat(error(ann.permit(peer(64))))
                .as("those that have expired do not count")
                .isZero();
    }

    @Test
    void aPermissionEndsAfter300SecondsUnlessItIsRenewed() {
        ann.permit(Site.PEER, OTHER);
        site.pass(PERMISSION_SECONDS - 1);
        ann.permit(Site.PEER);
        assertThat(isPermitted(OTHER)).isTrue();
        site.pass(1);

        assertThat(isPermitted(OTHER)).isFalse();
        site.pass(PERMISSION_SECONDS - 2);
        assertThat(isPermitted(Site.PEER))
                .as("data does not renew, but it had 300 s")
                .isTrue();
        site.pass(1);
        assertThat(isPermitted(Site.PEER)).isFalse();
    }

    // ---- ChannelBind ----

    @Test
    void aChannelIsForOnePeerAndAPermissionForItsAddress() {
        assertThat(error(ann.bind(0x4000, Site.PEER))).isZero();

        assertThat(isBound(0x4000)).isTrue();
        assertThat(site.toPeers.getFirst().peer()).isEqualTo(Site.PEER);
        assertThat(isBound(0x4001)).isFalse();
        assertThat(isPermitted(Site.ipv4(5, 6, 7, 8, 1))).isTrue();
    }

    @Test
    void aNumberOrAPeerThatIsMissingOrMalformedIsBad() {
        assertThat(error(ann.ask(Method.CHANNEL_BIND, NOTHING))).isEqualTo(400);
        assertThat(error(ann.ask(Method.CHANNEL_BIND, r -> r.uint32(Attribute.CHANNEL_NUMBER, 0x4000_0000))))
                .isEqualTo(400);
        assertThat(error(ann.ask(Method.CHANNEL_BIND, r -> r.xorAddress(Attribute.XOR_PEER_ADDRESS, Site.PEER))))
                .isEqualTo(400);
        assertThat(error(ann.bind(0x4000, Site.ipv4(5, 6, 7, 8, 0)))).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x3fff, 0x8000, 0xffff})
    void aNumberOutOfRangeIsBad(int number) {
        assertThat(error(ann.bind(number, Site.PEER))).isEqualTo(400);
    }

    /** RFC 5766's range, which clients of the older RFC use. */
    @ParameterizedTest
    @ValueSource(ints = {0x4000, 0x4fff, 0x5000, 0x7fff})
    void aNumberInRangeIsGood(int number) {
        assertThat(error(ann.bind(number, Site.PEER))).isZero();
        assertThat(isBound(number)).isTrue();
    }

    @Test
    void aNumberIsNotBoundToAnotherPeerNorAPeerToAnotherNumber() {
        ann.bind(0x4000, Site.PEER);

        assertThat(error(ann.bind(0x4000, OTHER))).isEqualTo(400);
        assertThat(error(ann.bind(0x4001, Site.PEER))).isEqualTo(400);
        assertThat(error(ann.bind(0x4001, Site.ipv4(5, 6, 7, 8, 4_001))))
                .as("another port")
                .isZero();
        assertThat(error(ann.bind(0x4000, Site.ipv4(5, 6, 7, 8, 4_001))))
                .as("crosswise")
                .isEqualTo(400);
        assertThat(error(ann.bind(0x4000, Site.PEER))).as("the same again").isZero();
        assertThat(isPermitted(OTHER)).isFalse();
    }

    @Test
    void aChannelEndsAfter600SecondsUnlessItIsRenewedAndIsFreeThen() {
        ann.bind(0x4000, Site.PEER);
        site.pass(CHANNEL_SECONDS - 1);
        ann.permit(Site.PEER);
        assertThat(isBound(0x4000)).isTrue();
        ann.bind(0x4000, Site.PEER);
        site.pass(CHANNEL_SECONDS - 1);
        ann.newNonce();
        ann.permit(Site.PEER);
        assertThat(isBound(0x4000)).isTrue();
        site.pass(1);

        assertThat(isBound(0x4000)).isFalse();
        assertThat(isPermitted(Site.PEER)).isTrue();
        assertThat(error(ann.bind(0x4000, OTHER))).isZero();
        assertThat(error(ann.bind(0x4001, Site.PEER))).isZero();
        assertThat(isBound(0x4000)).isTrue();
        assertThat(site.toPeers.getFirst().peer()).isEqualTo(OTHER);
    }

    /** A channel lives longer than the permission that came with it. */
    @Test
    void aChannelWithoutAPermissionCarriesNothing() {
        ann.bind(0x4000, Site.PEER);
        site.pass(PERMISSION_SECONDS);

        assertThat(isBound(0x4000)).isFalse();
        ann.permit(Site.PEER);
        assertThat(isBound(0x4000)).isTrue();
    }

    @Test
    void thereAreNoMoreThan32Channels() {
        for (int i = 0; i < 32; i++) {
            assertThat(error(ann.bind(0x4000 + i, peer(i)))).isZero();
        }

        assertThat(error(ann.bind(0x4020, peer(32)))).isEqualTo(508);
        assertThat(isBound(0x4020)).isFalse();
        assertThat(isPermitted(peer(32))).isFalse();
        assertThat(error(ann.bind(0x4000, peer(0)))).as("renewed").isZero();
        for (int i = 0; i < 32; i++) {
            assertThat(isBound(0x4000 + i)).isTrue();
        }
    }

    /** The server's own addresses are reached, though only where a relay is: {@link TurnShardDataTest}. */
    @Test
    void theServersOwnAddressIsPermitted() {
        assertThat(error(ann.permit(relayed))).isZero();
        assertThat(error(ann.bind(0x4000, relayed))).isZero();
    }
}
