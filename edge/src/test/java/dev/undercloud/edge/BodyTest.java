package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.edge.net.Transport;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies of every framing, both ways, in memory that does not grow with them. */
@Timeout(60)
class BodyTest {
  private static final int MIB = 1 << 20;
  @TempDir Path folder;

  /** Answers each request with what it got, in the framing of its path. */
  private Backend echo(String socket) {
    return Backend.unix(folder.resolve(socket), BodyTest::echo);
  }

  private static void echo(Backend.Conn conn) throws Exception {
    String head;
    while ((head = conn.head()) != null) {
      byte[] body = conn.body(head);
      String path = head.split(" ")[1];
      if (path.equals("/chunked")) {
        conn.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < body.length; at += 1000) {
          int length = Math.min(1000, body.length - at);
          conn.say(Integer.toHexString(length) + "\r\n");
          conn.say(java.util.Arrays.copyOfRange(body, at, at + length));
          conn.say("\r\n");
        }
        conn.say("0\r\nX-Sum: 42\r\n\r\n");
      } else if (path.equals("/close")) {
        conn.say("HTTP/1.1 200 OK\r\n\r\n");
        conn.say(body);
        return;
      } else {
        conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
        conn.say(body);
      }
    }
  }

  @Test
  void everyFramingBothWays() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = echo("a");
        Wire client = rig.serve(backend).connect()) {
      String text = "x".repeat(40_000);
      for (String path : new String[] {"/length", "/chunked", "/close", "/chunked", "/length"}) {
        client.send(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 40000\r\n\r\n"
                + text);
        assertThat(client.response().text()).isEqualTo(text);
        client.send(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "9c40\r\n"
                + text
                + "\r\n3;a=b\r\nabc\r\n0\r\nX-Trailer: t\r\n\r\n");
        assertThat(client.response().text()).isEqualTo(text + "abc");
      }
      assertThat(rig.exchange().requestBytes).isEqualTo(40_000);
      ExchangeSlot chunked = rig.exchange();
      assertThat(chunked.requestBytes).isEqualTo(40_003);
      assertThat(chunked.responseBytes).isEqualTo(40_003);
      assertThat(backend.failures).isEmpty();
    }
  }

  @Test
  void chunkedByteByByte() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = echo("a");
        Wire client = rig.serve(backend).connect()) {
      String request =
          "PUT /chunked HTTP/1.1\r\nHost: app.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";
      for (int i = 0; i < request.length(); i++) {
        client.send(request.substring(i, i + 1));
        if (i % 10 == 0) {
          Thread.sleep(1);
        }
      }
      assertThat(client.response().text()).isEqualTo("abcdefg");
    }
  }

  @Test
  void trailersReachTheClient() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = echo("a");
        Wire client = rig.serve(backend).connect()) {
      client.send("PUT /chunked HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 1\r\n\r\nx");
      client.head();
      assertThat(new String(client.in.readNBytes(22)))
          .isEqualTo("1\r\nx\r\n0\r\nX-Sum: 42\r\n\r\n");
    }
  }

  @Test
  void oldClientsGetPlainBodiesThatEndWithTheConnection() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = echo("a")) {
      rig.serve(backend);
      for (String path : new String[] {"/chunked", "/close", "/length"}) {
        try (Wire client = rig.connect()) {
          client.send(
              "POST "
                  + path
                  + " HTTP/1.0\r\nHost: app.localhost\r\nContent-Length: 5\r\n\r\nhello");
          Wire.Response response = client.response();
          assertThat(response.fields()).doesNotContainKey("transfer-encoding");
          assertThat(response.text()).isEqualTo("hello");
          assertThat(client.ended()).isTrue();
        }
      }
    }
  }

  @Test
  void oldClientsMayKeepTheirConnection() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = echo("a");
        Wire client = rig.serve(backend).connect()) {
      for (int i = 0; i < 3; i++) {
        client.send(
            "PUT /length HTTP/1.0\r\nHost: app.localhost\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
        Wire.Response response = client.response();
        assertThat(response.field("connection")).isEqualToIgnoringCase("keep-alive");
        assertThat(response.text()).isEqualTo("hi");
      }
    }
  }

  @Test
  void headAndBodilessResponses() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  String head;
                  while ((head = conn.head()) != null) {
                    String path = head.split(" ")[1];
                    conn.say(
                        path.equals("/head")
                            ? "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
                            : "HTTP/1.1 " + path.substring(1) + " X\r\n\r\n");
                  }
                });
        Wire client = rig.serve(backend).connect()) {
      client.send("HEAD /head HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      assertThat(client.response(true).field("content-length")).isEqualTo("1234");
      assertThat(client.get("/204").status()).isEqualTo(204);
      assertThat(client.get("/304").status()).isEqualTo(304);
      client.send("HEAD /head HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      assertThat(client.response(true).status()).isEqualTo(200);
      assertThat(backend.connections).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void largeBodiesPassWhole(Transport transport) throws Exception {
    byte[] body = new byte[8 * MIB];
    new Random(7).nextBytes(body);
    try (Rig rig = new Rig(c -> Rigs.with(c, transport));
        Backend unix = echo("a");
        Backend tcp = Backend.tcp(BodyTest::echo)) {
      for (Backend backend : new Backend[] {unix, tcp}) {
        try (Wire client = rig.serve(backend).connect()) {
          for (String path : new String[] {"/length", "/chunked", "/close"}) {
            Thread writer =
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        client.send(
                            "POST "
                                + path
                                + " HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: "
                                + body.length
                                + "\r\n\r\n");
                        client.send(body);
                      } catch (java.io.IOException e) {
                        throw new IllegalStateException(e);
                      }
                    });
            assertThat(client.response().body()).as(path).isEqualTo(body);
            writer.join();
          }
        }
      }
    }
  }

  /** A flush within the handling of "not writable" once left reading off, above 98 KB. */
  @Test
  void responsesOfEverySizeAroundTheWatermarksArrive() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  String head;
                  while ((head = conn.head()) != null) {
                    int size = Integer.parseInt(head.split(" ")[1].substring(1));
                    conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
                    conn.say(new byte[size]);
                  }
                });
        Wire client = rig.serve(backend).connect()) {
      for (int size = 30_000; size < 400_000; size += 7_919) {
        assertThat(client.get("/" + size).body()).hasSize(size);
      }
    }
  }

  @Test
  void uploadsTakeConstantMemory() throws Exception {
    long size = 96L * MIB;
    byte[] block = new byte[MIB];
    new Random(3).nextBytes(block);
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  conn.head();
                  MessageDigest digest = MessageDigest.getInstance("SHA-256");
                  byte[] part = new byte[1 << 16];
                  for (long left = size; left > 0; ) {
                    int n = conn.in.read(part, 0, (int) Math.min(left, part.length));
                    digest.update(part, 0, n);
                    left -= n;
                    if (left % (8 * MIB) == 0) {
                      Thread.sleep(20);
                    }
                  }
                  String sum = HexFormat.of().formatHex(digest.digest());
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + sum);
                });
        Wire client = rig.serve(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: " + size + "\r\n\r\n");
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long most = 0;
      long before = direct();
      for (int i = 0; i < size / MIB; i++) {
        client.send(block);
        digest.update(block);
        most = Math.max(most, direct() - before);
      }
      assertThat(client.response().text()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
      assertThat(most).isLessThan(16 * MIB);
      assertThat(rig.exchange().requestBytes).isEqualTo(size);
    }
  }

  private static long direct() {
    return ((ByteBufAllocatorMetricProvider) Transport.BUFFERS).metric().usedDirectMemory();
  }

  @Test
  void aReplicaThatDoesNotReadStopsTheClient() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  conn.head();
                  Thread.sleep(1_000);
                  conn.in.skipNBytes(32L * MIB);
                  conn.say("HTTP/1.1 204 No Content\r\n\r\n");
                });
        Wire client = rig.serve(backend).connect()) {
      AtomicLong sent = new AtomicLong();
      client.send(
          "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: " + 32 * MIB + "\r\n\r\n");
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  byte[] part = new byte[1 << 16];
                  for (int i = 0; i < 512; i++) {
                    client.send(part);
                    sent.addAndGet(part.length);
                  }
                } catch (java.io.IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread.sleep(700);
      assertThat(sent.get()).isLessThan(24L * MIB);
      assertThat(client.response().status()).isEqualTo(204);
      writer.join();
    }
  }

  @Test
  void aClientThatDoesNotReadStopsTheReplica() throws Exception {
    AtomicLong written = new AtomicLong();
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  conn.head();
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + 32 * MIB + "\r\n\r\n");
                  byte[] part = new byte[1 << 16];
                  for (int i = 0; i < 512; i++) {
                    conn.say(part);
                    written.addAndGet(part.length);
                  }
                });
        Wire client = new Wire(rig.serve(backend).address(), 4096)) {
      client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      Thread.sleep(700);
      assertThat(written.get()).isLessThan(16L * MIB);
      assertThat(client.response().body()).hasSize(32 * MIB);
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.outcome).isEqualTo(Outcome.COMPLETE);
      assertThat(slot.responseBytes).isEqualTo(32L * MIB);
    }
  }

  @Test
  void eventsAreNotBuffered() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  conn.head();
                  conn.say(
                      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
                  InputStream wait = conn.in;
                  for (int i = 0; i < 3; i++) {
                    conn.say("9\r\ndata: " + i + "\n\n\r\n");
                    // Goes on only when the client has seen this one.
                    conn.channel.configureBlocking(true);
                    Signals.take();
                  }
                  conn.say("0\r\n\r\n");
                  wait.read();
                });
        Wire client = rig.serve(backend).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      client.head();
      for (int i = 0; i < 3; i++) {
        assertThat(new String(client.in.readNBytes(14))).isEqualTo("9\r\ndata: " + i + "\n\n\r\n");
        Signals.give();
      }
      assertThat(new String(client.in.readNBytes(5))).isEqualTo("0\r\n\r\n");
    }
  }

  @Test
  void aBodyThatIsSentSlowlyArrivesAsItIsSent() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  conn.head();
                  conn.in.readNBytes(16 << 10);
                  Signals.give();
                  for (int i = 0; i < 3; i++) {
                    ByteBuffer one = ByteBuffer.wrap(conn.in.readNBytes(1));
                    assertThat(one.get()).isEqualTo((byte) ('a' + i));
                    Signals.give();
                  }
                  conn.say("HTTP/1.1 204 No Content\r\n\r\n");
                });
        Wire client = rig.serve(backend).connect()) {
      // A replica is not troubled before so much of a body is there.
      client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 16387\r\n\r\n");
      client.send("x".repeat(16 << 10));
      Signals.take();
      for (int i = 0; i < 3; i++) {
        client.send(String.valueOf((char) ('a' + i)));
        Signals.take();
      }
      assertThat(client.response().status()).isEqualTo(204);
      assertThat(backend.failures).isEmpty();
    }
  }
}
