package dev.undercloud.edge.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.RequestHead;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is understood of a trusted proxy's word; the peer is 127.0.0.1 and speaks http. */
class ForwardingTest {
  private static final Blocks TRUSTED = new Blocks(List.of("127.0.0.0/8", "10.0.0.0/8"));

  private static ClientSide client(String fields) throws Exception {
    String text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields.replace("~", "\r\n") + "\r\n\r\n";
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    RequestHead head = new RequestHead(HeadLimits.DEFAULT);
    assertThat(head.parse(in, 0, in.length)).isEqualTo(in.length);
    InetAddress here = InetAddress.getByName("127.0.0.1");
    return Forwarding.client(head, in, TRUSTED, new ClientSide(here, here, 80, "http"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "for=192.0.2.1 | 192.0.2.1 | http",
        "For=192.0.2.1;Proto=HTTPS;by=203.0.113.43 | 192.0.2.1 | https",
        "for=\"192.0.2.1\" | 192.0.2.1 | http",
        "for=\"192.0.2.1:4711\" | 192.0.2.1 | http",
        "for=\"192.0.2.1:_hidden\" | 192.0.2.1 | http",
        "for=\"[2001:db8::1]\" | 2001:db8::1 | http",
        "for=\"[2001:db8::1]:4711\";proto=https | 2001:db8::1 | https",
        "for=\"[::ffff:192.0.2.1]\" | 192.0.2.1 | http",
        "proto=https;for=192.0.2.1;host=\"a,b;c\" | 192.0.2.1 | https",
        "for=192.0.2.1; proto=https | 192.0.2.1 | https",
        "for=1.1.1.1, for=192.0.2.1 | 192.0.2.1 | http",
        "for=1.1.1.1;proto=https, for=192.0.2.1;proto=http | 192.0.2.1 | http",
        "for=192.0.2.1, for=10.0.0.1;proto=https, for=10.0.0.2 | 192.0.2.1 | http",
        "for=192.0.2.1, for=10.0.0.1, for=10.0.0.2;proto=https | 192.0.2.1 | https",
        "for=1.1.1.1~Forwarded: for=192.0.2.1 | 192.0.2.1 | http",
        "for=192.0.2.1~Forwarded: for=10.0.0.1;proto=https | 192.0.2.1 | https",
        "for=192.0.2.1,, | 127.0.0.1 | http",
        "for=unknown | 127.0.0.1 | http",
        "for=_gazonk;proto=https | 127.0.0.1 | https",
        "for=192.0.2.1, for=_hidden | 127.0.0.1 | http",
        "for=_hidden, for=192.0.2.1 | 192.0.2.1 | http",
        "for=_hidden, for=10.0.0.1 | 10.0.0.1 | http",
        "for=192.0.2.1, proto=https | 127.0.0.1 | https",
        "for=2001:db8::1 | 127.0.0.1 | http",
        "for=\"2001:db8::1\" | 127.0.0.1 | http",
        "for=[2001:db8::1] | 127.0.0.1 | http",
        "for=192.0.2.1:80 | 127.0.0.1 | http",
        "for=\"[192.0.2.1]\" | 127.0.0.1 | http",
        "for=\"192.0.2.1:\" | 127.0.0.1 | http",
        "for=\"192.0.2.1:123456\" | 127.0.0.1 | http",
        "for=\"192.0.2.1:80x\" | 127.0.0.1 | http",
        "for=\"[2001:db8::1\" | 127.0.0.1 | http",
        "for=\"[2001:db8::1]x\" | 127.0.0.1 | http",
        "for=010.0.0.1 | 127.0.0.1 | http",
        "for=192.0.2.1;for=192.0.2.2 | 127.0.0.1 | http",
        "for=192.0.2.1;proto=https;proto=http | 127.0.0.1 | http",
        "for=192.0.2.1;proto=ftp | 192.0.2.1 | http",
        "for = 192.0.2.1 | 127.0.0.1 | http",
        "for | 127.0.0.1 | http",
        "=192.0.2.1 | 127.0.0.1 | http",
        "for=\"192.0.2.1 | 127.0.0.1 | http",
        "for=192.0.2.1\" | 127.0.0.1 | http",
        "for=\"192.0\\.2.1\" | 127.0.0.1 | http",
        "for=\"1.1.1.1, for=192.0.2.1 | 192.0.2.1 | http",
        "for=1.1.1.1;x=\", for=192.0.2.1;proto=https | 192.0.2.1 | https",
        "for=1.1.1.1;x=\"\\, for=192.0.2.1 | 192.0.2.1 | http",
        "for=\"1.1.1.1, for=10.0.0.1 | 10.0.0.1 | http",
        "evil | 127.0.0.1 | http",
        ", | 127.0.0.1 | http",
      })
  void theStandardFieldIsReadFromItsEnd(String field, String address, String scheme)
      throws Exception {
    ClientSide client = client("Forwarded: " + field);
    assertThat(client.address.text()).isEqualTo(address);
    assertThat(client.secure).isEqualTo(scheme.equals("https"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For: 192.0.2.1~Forwarded: for=192.0.2.66;proto=https | 192.0.2.1 | http",
        "Forwarded: for=192.0.2.66;proto=https~X-Forwarded-For: 192.0.2.1 | 192.0.2.1 | http",
        "X-Forwarded-For: evil~Forwarded: for=192.0.2.66 | 127.0.0.1 | http",
        "X-Forwarded-For: ~Forwarded: for=192.0.2.66 | 127.0.0.1 | http",
        "X-Forwarded-Proto: https~Forwarded: for=192.0.2.66;proto=http | 127.0.0.1 | https",
      })
  void whereBothAreThereTheElderFieldsCount(String fields, String address, String scheme)
      throws Exception {
    ClientSide client = client(fields);
    assertThat(client.address.text()).isEqualTo(address);
    assertThat(client.secure).isEqualTo(scheme.equals("https"));
  }
}
