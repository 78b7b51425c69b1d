package dev.undercloud.edge.tls;

import static dev.undercloud.edge.tls.Hellos.alpn;
import static dev.undercloud.edge.tls.Hellos.ascii;
import static dev.undercloud.edge.tls.Hellos.message;
import static dev.undercloud.edge.tls.Hellos.records;
import static dev.undercloud.edge.tls.Hellos.sni;
import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ClientHellos made by hand, cut and changed in every place. */
class ClientHelloTest {
  private static final long SEED = 20_260_101;
  private static final int CASES = 200_000;

  final ClientHello hello = new ClientHello();

  @Test
  void nameAndProtocolsAreFound() {
    byte[] in = records(message(sni("Shop.Example"), alpn("h2", "http/1.1")), 1 << 14);
    assertThat(hello.read(in, in.length)).isEqualTo(ClientHello.WHOLE);
    assertThat(hello.name()).isEqualTo("shop.example");
    assertThat(hello.offersNothingOf(false)).isFalse();
    assertThat(hello.offersAcme()).isFalse();
  }

  @Test
  void protocolsDecide() {
    byte[] h2 = records(message(alpn("h2")), 1 << 14);
    hello.read(h2, h2.length);
    assertThat(hello.offersNothingOf(true)).isFalse();
    assertThat(hello.offersNothingOf(false)).isTrue();
    byte[] acme = records(message(sni("a.b"), alpn("acme-tls/1")), 1 << 14);
    hello.read(acme, acme.length);
    assertThat(hello.offersAcme()).isTrue();
    byte[] none = records(message(sni("a.b")), 1 << 14);
    hello.read(none, none.length);
    assertThat(hello.offersNothingOf(true)).isFalse();
    assertThat(hello.offersAcme()).isFalse();
  }

  @Test
  void itMayBeSpreadOverRecordsAndCutAnywhere() {
    byte[] message = message(sni("shop.example"), alpn("http/1.1"));
    for (int size : List.of(1, 3, 7, 50, 16_384)) {
      byte[] in = records(message, size);
      for (int length = 1; length < in.length; length++) {
        assertThat(hello.read(in, length)).as("%d of %d", length, size).isEqualTo(ClientHello.MORE);
      }
      assertThat(hello.read(in, in.length)).isEqualTo(ClientHello.WHOLE);
      assertThat(hello.name()).isEqualTo("shop.example");
    }
  }

  @Test
  void whatIsNoNameCountsAsNone() {
    for (String name : List.of("a b", "a/../b", "ä.example", "x".repeat(256), "a\u0000b")) {
      byte[] in = records(message(sni(name)), 1 << 14);
      assertThat(hello.read(in, in.length)).isEqualTo(ClientHello.WHOLE);
      assertThat(hello.name()).as(name).isNull();
    }
  }

  @Test
  void otherThingsAreTold() {
    byte[] http = ascii("GET / HTTP/1.1\r\n");
    assertThat(hello.read(http, http.length)).isEqualTo(ClientHello.OTHER);
    byte[] version2 = {22, 2, 0, 0, 1, 1};
    assertThat(hello.read(version2, version2.length)).isEqualTo(ClientHello.BAD);
    byte[] finished = records(new byte[] {20, 0, 0, 0}, 100);
    assertThat(hello.read(finished, finished.length)).isEqualTo(ClientHello.BAD);
    byte[] giant = records(new byte[] {1, 0, 0x40, 1}, 100);
    assertThat(hello.read(giant, giant.length)).isEqualTo(ClientHello.BAD);
    byte[] empty = {22, 3, 1, 0, 0};
    assertThat(hello.read(empty, empty.length)).isEqualTo(ClientHello.BAD);
  }

  @Test
  void nothingThatComesBreaksIt() {
    byte[] good = records(message(sni("shop.example"), alpn("h2", "http/1.1")), 60);
    Entropy chance = Entropy.seeded(SEED);
    int whole = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] in = good.clone();
      for (int changes = chance.nextInt(4); changes >= 0; changes--) {
        in[chance.nextInt(in.length)] = (byte) chance.nextLong();
      }
      int length = 1 + chance.nextInt(in.length);
      int result = hello.read(in, length);
      assertThat(result)
          .as("case %d of seed %d", i, SEED)
          .isBetween(ClientHello.BAD, ClientHello.WHOLE);
      whole += result == ClientHello.WHOLE ? 1 : 0;
    }
    assertThat(whole).as("some are changed where it does not matter").isGreaterThan(0);
  }
}
