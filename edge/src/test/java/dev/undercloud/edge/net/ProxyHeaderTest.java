package dev.undercloud.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private final ProxyHeader header = new ProxyHeader();

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 192.0.2.1 198.51.100.1 1000 80, 192.0.2.1",
    "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255",
    "PROXY TCP6 2001:db8::1 ::1 0 443, 2001:db8::1",
    "PROXY UNKNOWN, ''",
    "PROXY UNKNOWN ffff::1 x y z, ''",
  })
  void lines(String line, String expected) {
    byte[] bytes = (line + "\r\nGET").getBytes(StandardCharsets.US_ASCII);
    for (int to = 0; to < line.length() + 2; to++) {
      assertThat(header.parse(bytes, to)).as("%d bytes", to).isEqualTo(ProxyHeader.MORE);
    }
    assertThat(header.parse(bytes, bytes.length)).isEqualTo(line.length() + 2);
    assertThat(header.client() == null ? "" : Ipv6Text.of(header.client())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 192.0.2.1 198.51.100.1 1000 80\n",
        "PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 -1 1\r\n",
        "PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n",
        "PROXY TCP4 01.2.3.4 1.2.3.4 1 1\r\n",
        "PROXY TCP4 ::1 ::1 1 1\r\n",
        "PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n",
        "PROXY TCP4 localhost 1.2.3.4 1 1\r\n",
        "PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n",
        "PROXY UNKNOWNX\r\n",
        "proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n",
        "GET / HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n",
        "POST / HTTP/1.1\r\n",
        "PROXY\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\rX",
        "\u0016\u0003\u0001",
        "\r\n\r\nGET /",
        "PROXY UNKNOWN xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      })
  void noLines(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(header.parse(bytes, bytes.length)).isEqualTo(ProxyHeader.INVALID);
    assertThat(header.client()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2111000cc0000201c633640103e80050, 192.0.2.1",
    "21110010c0000201c633640103e8005004000100, 192.0.2.1",
    "21210024"
        + "20010db8000000000000000000000001"
        + "00000000000000000000000000000001"
        + "03e80050, 2001:db8::1",
    "20000000, ''",
    "2011000cc0000201c633640103e80050, ''",
    "21000000, ''",
    "2100000401020304, ''",
  })
  void binary(String rest, String expected) {
    byte[] bytes = HexFormat.of().parseHex(SIGNATURE + rest);
    for (int to = 0; to < bytes.length; to++) {
      assertThat(header.parse(bytes, to)).as("%d bytes", to).isEqualTo(ProxyHeader.MORE);
    }
    assertThat(header.parse(bytes, bytes.length)).isEqualTo(bytes.length);
    assertThat(header.client() == null ? "" : Ipv6Text.of(header.client())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1111000cc0000201c633640103e80050",
        "2211000cc0000201c633640103e80050",
        "3111000cc0000201c633640103e80050",
        "2111000bc0000201c633640103e800",
        "21110000",
        "2121000cc0000201c633640103e80050",
        "2112000cc0000201c633640103e80050",
        "213100d8",
        "21ff0000",
        "2111ffff",
        "21110300"
      })
  void noBinary(String rest) {
    byte[] bytes = HexFormat.of().parseHex(SIGNATURE + rest);
    assertThat(header.parse(bytes, bytes.length)).isEqualTo(ProxyHeader.INVALID);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 6, 11})
  void aBrokenSignature(int at) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(HexFormat.of().parseHex(SIGNATURE + "20000000"));
    byte[] bytes = out.toByteArray();
    bytes[at] ^= 1;
    assertThat(header.parse(bytes, bytes.length)).isEqualTo(ProxyHeader.INVALID);
  }
}
