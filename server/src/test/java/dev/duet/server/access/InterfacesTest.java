package dev.duet.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duet.server.access.Interfaces.Kind;
import dev.duet.server.access.Interfaces.Ranked;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InterfacesTest {
    @TempDir
    private Path root;

    private static Ranked ranked(String address, Kind kind) {
        return new Ranked(InetAddress.ofLiteral(address), kind);
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @Test
    void aPhoneReachesLinksAndNoBridges() {
        List<Ranked> laptop = List.of(
                ranked("127.0.0.1", Kind.LOOPBACK),
                ranked("172.17.0.1", Kind.SOFTWARE),
                ranked("10.8.0.2", Kind.SOFTWARE),
                ranked("2001:db8::23", Kind.LINK),
                ranked("fe80::1", Kind.LINK),
                ranked("192.168.1.23", Kind.LINK),
                ranked("10.3.0.9", Kind.OTHER));

        assertThat(Interfaces.reachable(laptop, Optional.of(address("10.8.0.2"))))
                .containsExactly(address("192.168.1.23"), address("2001:db8::23"), address("10.3.0.9"));
    }

    @Test
    void ofTwoLinksTheOneThatLeadsElsewhereIsFirst() {
        List<Ranked> two = List.of(ranked("192.168.1.23", Kind.LINK), ranked("192.168.7.23", Kind.LINK));

        assertThat(Interfaces.reachable(two, Optional.of(address("192.168.7.23"))))
                .containsExactly(address("192.168.7.23"), address("192.168.1.23"));
    }

    @Test
    void aTunnelIsShownWhenThereIsNothingElse() {
        List<Ranked> alone = List.of(ranked("127.0.0.1", Kind.LOOPBACK), ranked("10.8.0.2", Kind.SOFTWARE));

        assertThat(Interfaces.reachable(alone, Optional.empty())).containsExactly(address("10.8.0.2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker0",
                "br-1a2b3c",
                "veth12ab",
                "virbr0",
                "tun0",
                "tap1",
                "wg0",
                "tailscale0",
                "utun3",
                "cni0"
            })
    void whatSoftwareMakesIsKnownByItsName(String name) {
        assertThat(Interfaces.kind(name, false, root)).isEqualTo(Kind.SOFTWARE);
    }

    @Test
    void whatLinuxSaysOfAnInterfaceCounts() throws IOException {
        Files.createDirectories(root.resolve("enp3s0/device"));
        Files.createDirectories(root.resolve("lan/bridge"));
        Files.createDirectories(root.resolve("vpn0"));
        Files.writeString(root.resolve("vpn0/tun_flags"), "0x1001");

        assertThat(Interfaces.kind("enp3s0", false, root)).isEqualTo(Kind.LINK);
        assertThat(Interfaces.kind("enp3s0", true, root)).isEqualTo(Kind.SOFTWARE);
        assertThat(Interfaces.kind("lan", false, root)).isEqualTo(Kind.SOFTWARE);
        assertThat(Interfaces.kind("vpn0", false, root)).isEqualTo(Kind.SOFTWARE);
        assertThat(Interfaces.kind("eth0", false, root)).isEqualTo(Kind.OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {".dockerenv", "run/.containerenv"})
    void aContainerIsKnownByWhatItsToolLeavesThere(String file) throws IOException {
        assertThat(Interfaces.isInContainer(root)).isFalse();
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), "");
        assertThat(Interfaces.isInContainer(root)).isTrue();
    }

    @Test
    void aContainerIsKnownByItsControlGroup() throws IOException {
        Files.createDirectories(root.resolve("proc/1"));
        Files.writeString(root.resolve("proc/1/cgroup"), "0::/init.scope\n");
        assertThat(Interfaces.isInContainer(root)).isFalse();
        Files.writeString(root.resolve("proc/1/cgroup"), "0::/kubepods/burstable/pod1\n");
        assertThat(Interfaces.isInContainer(root)).isTrue();
    }
}
