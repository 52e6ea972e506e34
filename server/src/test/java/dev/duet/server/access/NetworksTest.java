package dev.duet.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.server.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {
    private final Networks networks = new Networks(
            Set.of(InetAddress.ofLiteral("8.8.4.17"), InetAddress.ofLiteral("2a00:1450::42")),
            Set.of(InetAddress.ofLiteral("172.17.0.1"), InetAddress.ofLiteral("fe80::1")));

    @ParameterizedTest
    @CsvSource({
        // loopback
        "126.255.255.255, false",
        "127.0.0.0, true",
        "127.0.0.1, true",
        "127.255.255.255, true",
        "128.0.0.0, false",
        "::, false",
        "::1, true",
        "::2, false",
        // private
        "9.255.255.255, false",
        "10.0.0.0, true",
        "10.255.255.255, true",
        "11.0.0.0, false",
        "172.15.255.255, false",
        "172.16.0.0, true",
        "172.31.255.255, true",
        "172.32.0.0, false",
        "192.167.255.255, false",
        "192.168.0.0, true",
        "192.168.255.255, true",
        "192.169.0.0, false",
        // link-local
        "169.253.255.255, false",
        "169.254.0.0, true",
        "169.254.169.254, true",
        "169.255.0.0, false",
        "fe7f:ffff::1, false",
        "fe80::, true",
        "febf:ffff::1, true",
        "fec0::, false",
        // shared
        "100.63.255.255, false",
        "100.64.0.0, true",
        "100.127.255.255, true",
        "100.128.0.0, false",
        // unique local
        "fbff:ffff::1, false",
        "fc00::, true",
        "fd12:3456::1, true",
        "fdff:ffff::1, true",
        "fe00::, false",
        // documentation
        "192.0.1.255, false",
        "192.0.2.0, true",
        "192.0.2.255, true",
        "192.0.3.0, false",
        "198.51.99.255, false",
        "198.51.100.7, true",
        "198.51.101.0, false",
        "203.0.112.255, false",
        "203.0.113.255, true",
        "203.0.114.0, false",
        "2001:db7:ffff::1, false",
        "2001:db8::, true",
        "2001:db8:ffff::1, true",
        "2001:db9::, false",
        // the same, written as IPv6
        "::ffff:127.0.0.1, true",
        "::ffff:10.1.2.3, true",
        "::ffff:8.8.8.8, false",
        // its own, and its neighbours
        "8.8.4.16, false",
        "8.8.4.17, true",
        "8.8.4.18, false",
        "2a00:1450::42, true",
        "2a00:1450::43, false",
        // its default gateways, behind which there may be anybody
        "172.17.0.1, false",
        "172.17.0.2, true",
        "fe80::1, false",
        "fe80::2, true",
        // everywhere else
        "0.0.0.0, false",
        "1.1.1.1, false",
        "224.0.0.1, false",
        "255.255.255.255, false",
        "2606:4700::1111, false",
        "64:ff9b::a00:1, false",
        "2002:a00:1::, false",
        "::10.0.0.1, false",
        "ff02::1, false"
    })
    void whatIsLocalIsOnTheServersOwnNetwork(String address, boolean local) {
        assertThat(networks.whyPublic(InetAddress.ofLiteral(address)).isEmpty()).isEqualTo(local);
    }

    @Test
    void whoIsPublicIsToldWhy() {
        assertThat(networks.whyPublic(InetAddress.ofLiteral("172.17.0.1"))).contains(WhyPublic.GATEWAY);
        assertThat(networks.whyPublic(InetAddress.ofLiteral("8.8.4.18"))).contains(WhyPublic.PUBLIC_ADDRESS);
    }

    @Test
    void theDefaultGatewaysAreReadFromTheRoutes() {
        assertThat(Gateways.ipv4(List.of(
                        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
                        "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                        "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
                        "eth0\t0000000A\t020011AC\t0003\t0\t0\t0\t000000FF\t0\t0\t0",
                        "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0")))
                .containsExactly(InetAddress.ofLiteral("172.17.0.1"));
        assertThat(Gateways.ipv6(List.of(
                        "00000000000000000000000000000000 00 00000000000000000000000000000000 00"
                                + " fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0",
                        "fe800000000000000000000000000000 40 00000000000000000000000000000000 00"
                                + " 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0")))
                .containsExactly(InetAddress.ofLiteral("fe80::1"));
        assertThat(Gateways.ipv4(List.of("", "nothing", "eth0 00000000 xyz 0003 0 0 0 00000000")))
                .doesNotContain(InetAddress.ofLiteral("172.17.0.1"));
    }

    @Test
    void limitsCountAllOfIpv4AndTheFirst64BitsOfIpv6() {
        assertThat(key("192.0.2.1")).isNotEqualTo(key("192.0.2.2"));
        assertThat(key("2001:db8::1")).isEqualTo(key("2001:db8::ffff:1"));
        assertThat(key("2001:db8::1")).isNotEqualTo(key("2001:db8:0:1::1"));
    }

    private static long key(String address) {
        return Networks.limitKey(InetAddress.ofLiteral(address));
    }

    @Test
    void logsShowOnlyTheNetwork() {
        assertThat(Networks.label(InetAddress.ofLiteral("203.0.113.77"))).isEqualTo("203.0.113.0/24");
        assertThat(Networks.label(InetAddress.ofLiteral("2001:db8:f:1::77"))).isEqualTo("2001:db8:f::/48");
    }

    @Test
    void aBareAddressIsABlockOfOne() {
        assertThat(Cidr.parse("10.0.0.1").contains(InetAddress.ofLiteral("10.0.0.1")))
                .isTrue();
        assertThat(Cidr.parse("10.0.0.1").contains(InetAddress.ofLiteral("10.0.0.2")))
                .isFalse();
        assertThat(Cidr.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("255.255.255.255")))
                .isTrue();
        assertThat(Cidr.parse("0.0.0.0/0").contains(InetAddress.ofLiteral("2001:db8::1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/x", "::/129", "localhost", "10.0.0/8/8"
            })
    void whatIsNoBlockIsRefused(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
