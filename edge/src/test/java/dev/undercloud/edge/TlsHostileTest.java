package dev.undercloud.edge;

import static dev.undercloud.edge.tls.Hellos.alpn;
import static dev.undercloud.edge.tls.Hellos.extension;
import static dev.undercloud.edge.tls.Hellos.join;
import static dev.undercloud.edge.tls.Hellos.message;
import static dev.undercloud.edge.tls.Hellos.records;
import static dev.undercloud.edge.tls.Hellos.sni;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said instead of a ClientHello, and ClientHellos that are bombs: the connection ends,
 * nothing of it reaches the replica, and somebody else is served before, meanwhile and after.
 */
@Timeout(60)
class TlsHostileTest {
  private static final int RECORD = 1 << 14;
  private static final byte[] SMUGGLED =
      "GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Map<String, byte[]> bombs() {
    Map<String, byte[]> bombs = new LinkedHashMap<>();
    byte[] good = message(sni("app.localhost"), alpn("http/1.1"));
    byte[] giant = new byte[1 << 20];
    giant[0] = 1;
    giant[1] = 15;
    bombs.put("a message of a MiB", records(giant, RECORD));
    giant[1] = (byte) 0xff;
    bombs.put("a message of 16 MiB, a byte a record", records(Arrays.copyOf(giant, 6_000), 1));
    bombs.put("empty records", empty(5_000));
    bombs.put("empty records and a hello", join(empty(3), records(good, RECORD)));
    bombs.put("a record beyond its size", join(new byte[] {22, 3, 1, 0x7f, -1}, new byte[0x7fff]));
    bombs.put("a record of version 2", join(new byte[] {22, 2, 0, 0, 5}, new byte[5]));
    bombs.put("SSL 2", new byte[] {-128, 46, 1, 3, 1, 0, 21, 0, 0, 0, 16, 0, 0, 1});
    bombs.put("an alert first", new byte[] {21, 3, 1, 0, 2, 1, 0});
    bombs.put("alerts behind half a hello", join(half(good), alerts(1_000)));
    bombs.put("data first", join(new byte[] {23, 3, 3, 0, 60}, SMUGGLED));
    bombs.put("data behind half a hello", join(half(good), new byte[] {23, 3, 3, 0, 60}, SMUGGLED));
    bombs.put("a cipher change first", new byte[] {20, 3, 3, 0, 1, 1});
    bombs.put("a ServerHello", records(type(good, 2), RECORD));
    bombs.put("a HelloRequest", records(new byte[] {0, 0, 0, 0}, RECORD));
    bombs.put("a Finished", records(type(good, 20), RECORD));
    bombs.put("a hello that is too short", records(new byte[] {1, 0, 0, 2, 3, 3}, RECORD));
    bombs.put("an extension beyond the end", records(message(new byte[] {0, 0, 127, -1}), RECORD));
    bombs.put("four thousand extensions", records(message(many()), RECORD));
    bombs.put("a name of 60,000 letters", records(message(sni("a".repeat(60_000))), RECORD));
    bombs.put("three thousand protocols", records(message(protocols()), RECORD));
    bombs.put(
        "no protocol that is spoken", records(message(sni("app.localhost"), alpn("x")), RECORD));
    bombs.put("two names", records(message(sni("app.localhost"), sni("b.localhost")), RECORD));
    bombs.put("a hello and plain HTTP", join(records(good, RECORD), SMUGGLED));
    bombs.put("plain HTTP", SMUGGLED);
    bombs.put("HTTP/2 in clear", H2Wire.join(H2Wire.hello(), H2Wire.frame(1, 5, 1, new byte[9])));
    bombs.put("a PROXY header", join(ascii("PROXY TCP4 6.6.6.6 7.7.7.7 1 2\r\n"), SMUGGLED));
    bombs.put("another protocol", ascii("EHLO app.localhost\r\n"));
    bombs.put("zeros", new byte[100_000]);
    return bombs;
  }

  private static byte[] empty(int records) {
    byte[] all = new byte[5 * records];
    for (int i = 0; i < all.length; i += 5) {
      all[i] = 22;
      all[i + 1] = 3;
      all[i + 2] = 1;
    }
    return all;
  }

  private static byte[] alerts(int n) {
    byte[] all = new byte[0];
    for (int i = 0; i < n; i++) {
      all = join(all, new byte[] {21, 3, 1, 0, 2, 1, 90});
    }
    return all;
  }

  private static byte[] half(byte[] message) {
    return records(Arrays.copyOf(message, message.length / 2), RECORD);
  }

  private static byte[] type(byte[] message, int type) {
    byte[] other = message.clone();
    other[0] = (byte) type;
    return other;
  }

  private static byte[] many() {
    byte[][] all = new byte[4_000][];
    for (int i = 0; i < all.length; i++) {
      all[i] = extension(1_000 + i, new byte[0]);
    }
    return join(all);
  }

  private static byte[] protocols() {
    String[] all = new String[3_000];
    Arrays.fill(all, "h9");
    return alpn(all);
  }

  @Test
  void noBombReachesAReplicaOrHindersAnybody() throws Exception {
    try (RecordingUpstream upstream = new RecordingUpstream(folder.resolve("a"));
        TlsRig tls = new TlsRig(folder, config -> config.with(Duration.ofSeconds(1), 64))) {
      tls.rig.serve(List.of(upstream.address()));
      // The first handshakes wait for the authority to be made: longer than is allowed here.
      Rig.eventually(() -> isServed(tls));
      try (Wire victim = tls.connect("app.localhost")) {
        for (Map.Entry<String, byte[]> bomb : bombs().entrySet()) {
          for (int piece : new int[] {bomb.getValue().length, 700}) {
            try (Socket client = new Socket(tls.address().getAddress(), tls.port())) {
              client.setSoTimeout(10_000);
              send(client, bomb.getValue(), piece);
              assertThat(victim.get("/victim").text()).as(bomb.getKey()).isEqualTo("GET /victim ");
              assertThat(ended(client)).as(bomb.getKey()).isTrue();
            }
          }
        }
        assertThat(upstream.everything()).doesNotContain("smuggled").doesNotContain("6.6.6.6");
        Rig.eventually(() -> tls.rig.edge.stats().connections() == 1);
        assertThat(victim.get("/victim").text()).isEqualTo("GET /victim ");
      }
      try (Wire next = tls.connect("app.localhost")) {
        assertThat(next.get("/next").text()).isEqualTo("GET /next ");
      }
    }
  }

  private static boolean isServed(TlsRig tls) {
    try (Wire first = tls.connect("app.localhost")) {
      return first.get("/").status() == 200;
    } catch (IOException tooEarly) {
      return false;
    }
  }

  private static void send(Socket client, byte[] bytes, int piece) {
    try {
      for (int at = 0; at < bytes.length; at += piece) {
        client.getOutputStream().write(bytes, at, Math.min(piece, bytes.length - at));
      }
    } catch (IOException closed) {
      // It was refused before all of it was said.
    }
  }

  private static boolean ended(Socket client) throws IOException {
    try {
      client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      return true;
    } catch (SocketException reset) {
      return true;
    }
  }
}
