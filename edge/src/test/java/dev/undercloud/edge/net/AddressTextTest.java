package dev.undercloud.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,127.0.0.1",
    "0:0:0:0:0:0:0:1,::1",
    "0:0:0:0:0:0:0:0,::",
    "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
    "fe80:0:0:0:0:0:0:0,fe80::",
    "1:0:0:2:0:0:0:3,1:0:0:2::3"
  })
  void isCanonical(String given, String text) throws Exception {
    InetAddress address = InetAddress.getByName(given);
    assertThat(Ipv6Text.of(address)).isEqualTo(text);
    String host = text.contains(":") ? "[" + text + "]" : text;
    assertThat(Ports.text(new InetSocketAddress(address, 80))).isEqualTo(host + ":80");
  }
}
