package dev.duet.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duet.server.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworksTest {
    private final Networks networks = new Networks(List.of(Cidr.parse("8.8.4.17/30"), Cidr.parse("2a00:1450::42/64")));

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
        // on one of its links
        "8.8.4.15, false",
        "8.8.4.16, true",
        "8.8.4.19, true",
        "8.8.4.20, false",
        "2a00:1450::, true",
        "2a00:1450::ffff:ffff:ffff:ffff, true",
        "2a00:1450:0:1::, false",
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
        assertThat(networks.isLocal(InetAddress.ofLiteral(address))).isEqualTo(local);
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
