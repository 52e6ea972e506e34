package dev.duet.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Vectors from X.690 and RFC 5280. */
class DerTest {
    @Test
    void lengthsAreAsShortAsTheyCanBe() {
        assertThat(Der.octets(new byte[127])).startsWith(0x04, 0x7F).hasSize(129);
        assertThat(Der.octets(new byte[128])).startsWith(0x04, 0x81, 0x80).hasSize(131);
        assertThat(Der.octets(new byte[256])).startsWith(0x04, 0x82, 0x01, 0x00).hasSize(260);
    }

    @Test
    void integersAreTwosComplement() {
        assertThat(hex(Der.integer(0))).isEqualTo("020100");
        assertThat(hex(Der.integer(127))).isEqualTo("02017f");
        assertThat(hex(Der.integer(128))).isEqualTo("02020080");
    }

    @Test
    void objectIdentifiersPackSevenBitsAnOctet() {
        assertThat(hex(Der.oid("1.2.840.113549"))).isEqualTo("06062a864886f70d");
        assertThat(hex(Der.oid("2.5.29.17"))).isEqualTo("0603551d11");
    }

    @Test
    void timesChangeTheirTypeIn2050() {
        assertThat(hex(Der.time(Instant.parse("2049-12-31T23:59:59Z")))).startsWith("170d");
        assertThat(hex(Der.time(Instant.parse("2050-01-01T00:00:00Z")))).startsWith("180f");
    }

    @Test
    void theReaderRefusesWhatEndsEarly() {
        var reader = new Der.Reader(new byte[] {0x30, 0x05, 0x02});

        assertThatThrownBy(() -> reader.enter(Der.SEQUENCE)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
