package dev.undercloud.core.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "::ffff:10.0.0.0/104, 10.9.9.9, true",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "0.0.0.0/0, 1.2.3.4, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 1.2.3.4, true",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "2001:db8:0:1::/64, 2001:db8:0:1:ffff::1, true",
    "2001:db8:0:1::/64, 2001:db8:0:2::1, false",
    "2001:db8::8/125, 2001:db8::f, true",
    "2001:db8::8/125, 2001:db8::10, false",
    "::1, ::1, true",
    "::1, 127.0.0.1, false",
  })
  void contains(String block, String address, boolean expected) {
    assertThat(Cidr.parse(block).contains(InetAddress.ofLiteral(address))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "10",
        "10.1",
        "10.0.0",
        "1.2.3.4.5",
        "256.0.0.1",
        "010.0.0.1",
        "1.2.3.04",
        "0x7f.0.0.1",
        "1.2.3.4/",
        "1.2.3.4/33",
        "1.2.3.4/-1",
        "1.2.3.4/08",
        "1.2.3.4/a",
        "1.2.3.4/8",
        "::/129",
        "::1/64",
        ":::",
        "1::2::3",
        "::1%eth0",
        "[::1]",
        "localhost",
        "1.2.3.4 ",
        "g::1",
        "1.2.3.4."
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
