package dev.duet.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.stun.TransportAddress;
import dev.duet.turn.PeerPolicy.Block;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which peers are reached, and that no way of writing an IPv4 address goes around the table. */
final class PeerPolicyTest {
    private static final PeerPolicy POLICY = new PeerPolicy(List.of(), (_, _) -> false);
    private static final long PUBLIC = 0x0506_0708L;

    private static boolean allows(PeerPolicy policy, String address) {
        try {
            TransportAddress at =
                    TransportAddress.of(InetAddress.getByName(address).getAddress(), 1);
            return policy.allows(at.high(), at.low());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    private static long ipv4(String address) {
        try {
            return TransportAddress.of(InetAddress.getByName(address).getAddress(), 1)
                            .low()
                    & 0xffff_ffffL;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "5.6.7.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2001:4860:4860::8888",
                "2600::1",
                "2a00:1450::1",
                "2001:db7:ffff::1",
                "2001:db9::1",
                "3ffe::1"
            })
    void publicAddressesAreReached(String address) {
        assertThat(allows(POLICY, address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.169.254",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.255",
                "192.0.2.0",
                "192.0.2.255",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::1:0:0:1",
                "1::1",
                "100::1",
                "100:0:0:1::1",
                "64:ff9b:1::1",
                "64:ff9b:2::1",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2001:db8::1",
                "3fff:fff::1",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1"
            })
    void whatIsNotPublicIsNot(String address) {
        assertThat(allows(POLICY, address)).isFalse();
    }

    /** Every way in which an IPv6 address carries an IPv4 address. */
    private static Map<String, long[]> encodings(long ipv4) {
        long inverted = ~ipv4 & 0xffff_ffffL;
        long prefix = 0x2600_0000_0000_0000L;
        Map<String, long[]> all = new TreeMap<>();
        all.put("itself, and mapped", new long[] {0, 0xffffL << 32 | ipv4});
        all.put("compatible", new long[] {0, ipv4});
        all.put("translated", new long[] {0, 0xffff_0000_0000_0000L | ipv4});
        all.put("6to4", new long[] {0x2002L << 48 | ipv4 << 16, 1});
        all.put("6to4 with a subnet", new long[] {0x2002L << 48 | ipv4 << 16 | 0xabcd, 0x1234});
        all.put("Teredo client", new long[] {0x2001_0000L << 32 | PUBLIC, 0x1234_5678L << 32 | inverted});
        all.put("Teredo server", new long[] {0x2001_0000L << 32 | ipv4, ~PUBLIC & 0xffff_ffffL});
        all.put("NAT64", new long[] {0x0064_ff9b_0000_0000L, ipv4});
        all.put("local NAT64", new long[] {0x0064_ff9b_0001_0000L, ipv4});
        all.put("ISATAP", new long[] {prefix, 0x0000_5efeL << 32 | ipv4});
        all.put("ISATAP, said to be unique", new long[] {prefix, 0x0200_5efeL << 32 | ipv4});
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "127.0.0.1",
                "127.1.2.3",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255"
            })
    void aDeniedAddressIsDeniedHoweverItIsWritten(String address) {
        encodings(ipv4(address))
                .forEach((how, at) ->
                        assertThat(POLICY.allows(at[0], at[1])).as(how).isFalse());
    }

    /** The other half: what a relay on the Internet can reach is not denied only because it carries an address. */
    @Test
    void aPublicAddressIsReachedByTheEncodingsThatAreRouted() {
        Map<String, long[]> all = encodings(PUBLIC);

        List<String> reached = all.entrySet().stream()
                .filter(each -> POLICY.allows(each.getValue()[0], each.getValue()[1]))
                .map(Map.Entry::getKey)
                .toList();

        assertThat(reached)
                .containsExactlyInAnyOrder(
                        "6to4",
                        "6to4 with a subnet",
                        "ISATAP",
                        "ISATAP, said to be unique",
                        "NAT64",
                        "Teredo client",
                        "Teredo server",
                        "itself, and mapped");
    }

    @Test
    void whatIsAllowedByNameIsReachedAndNothingElse() {
        PeerPolicy policy = new PeerPolicy(
                List.of(
                        new Block(0, 0xffff_0a01_0000L, 96 + 16),
                        new Block(0, 0xffff_c0a8_0001L, 128),
                        new Block(0xfd00_0000_0000_0000L, 0, 16),
                        new Block(0xfe80_0000_0000_0000L, 5, 128)),
                (_, _) -> false);

        assertThat(allows(policy, "10.1.255.255")).isTrue();
        assertThat(allows(policy, "10.2.0.0")).isFalse();
        assertThat(allows(policy, "192.168.0.1")).isTrue();
        assertThat(allows(policy, "192.168.0.2")).isFalse();
        assertThat(allows(policy, "fd00::1")).isTrue();
        assertThat(allows(policy, "fd01::1")).isFalse();
        assertThat(allows(policy, "fe80::5")).isTrue();
        assertThat(allows(policy, "fe80::4")).isFalse();
        assertThat(allows(policy, "64:ff9b::10.1.0.1")).isTrue();
        assertThat(allows(policy, "::10.1.0.1")).isFalse();
        assertThat(allows(policy, "5.6.7.8")).isTrue();
    }

    @Test
    void everythingIsABlockToo() {
        PeerPolicy policy = new PeerPolicy(List.of(new Block(0, 0, 0)), (_, _) -> false);

        assertThat(allows(policy, "10.0.0.1")).isTrue();
        assertThat(allows(policy, "fe80::1")).isTrue();
    }

    /** A public address of the server itself, written so that a translator on the way would bring data back to it. */
    @Test
    void theServersOwnAddressIsNotReachedByWritingItInAnotherWay() {
        long mine = TransportAddress.ipv4(0x08080808);
        PeerPolicy policy = new PeerPolicy(List.of(), (high, low) -> high == 0 && low == mine);

        assertThat(policy.allows(0x0064_ff9b_0000_0000L, 0x08080808L)).isFalse();
        assertThat(policy.allows(0x2002_0808_0808_0000L, 1)).isFalse();
        assertThat(policy.allows(0x0064_ff9b_0000_0000L, 0x08080809L)).isTrue();
    }
}
