package dev.undercloud.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ClientHellos made by hand, cut and changed in every place. */
class ClientHelloTest {
  private static final long SEED = 20_260_101;
  private static final int CASES = 200_000;

  final ClientHello hello = new ClientHello();

  /** Bytes with their length before them. */
  private static byte[] vector(int lengthBytes, byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    byte[] body = all.toByteArray();
    byte[] out = new byte[lengthBytes + body.length];
    for (int i = 0; i < lengthBytes; i++) {
      out[i] = (byte) (body.length >>> 8 * (lengthBytes - 1 - i));
    }
    System.arraycopy(body, 0, out, lengthBytes, body.length);
    return out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] extension(int type, byte[] body) {
    return join(new byte[] {(byte) (type >>> 8), (byte) type}, vector(2, body));
  }

  private static byte[] join(byte[]... parts) {
    return vector(0, parts);
  }

  private static byte[] sni(String name) {
    return extension(0, vector(2, new byte[] {0}, vector(2, ascii(name))));
  }

  private static byte[] alpn(String... protocols) {
    byte[][] all = Arrays.stream(protocols).map(p -> vector(1, ascii(p))).toArray(byte[][]::new);
    return extension(16, vector(2, all));
  }

  private static byte[] message(byte[]... extensions) {
    byte[] body =
        join(
            new byte[] {3, 3},
            new byte[32],
            vector(1, new byte[32]),
            vector(2, new byte[] {0x13, 1}),
            vector(1, new byte[] {0}),
            vector(2, extensions));
    return join(new byte[] {1}, vector(3, body));
  }

  /** The message in records of at most {@code size} bytes. */
  private static byte[] records(byte[] message, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < message.length; at += size) {
      byte[] part = Arrays.copyOfRange(message, at, Math.min(message.length, at + size));
      out.writeBytes(join(new byte[] {22, 3, 1}, vector(2, part)));
    }
    return out.toByteArray();
  }

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
