package dev.undercloud.edge;

import static dev.undercloud.edge.H2Wire.frame;
import static dev.undercloud.edge.H2Wire.join;
import static dev.undercloud.edge.H2Wire.number;
import static dev.undercloud.edge.H2Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Floods end their own connection, and nobody else's. */
@Timeout(60)
class Http2FloodTest {
  private static final int CALM = 11;

  @TempDir static Path folder;

  private static Rig rig;
  private static Backend backend;

  @BeforeAll
  static void start() {
    backend = Backend.unix(folder.resolve("a"), Backend.saying("hi"));
    rig = new Rig();
    rig.serve(backend);
  }

  @AfterAll
  static void stop() {
    rig.close();
    backend.close();
  }

  /**
   * @param frames the nth part of the flood
   * @param error of the GOAWAY
   */
  record Flood(String name, int parts, IntFunction<byte[]> frames, int error) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static byte[] get(int n) {
    return frame(1, 5, 2 * n + 1, request("GET", "/"));
  }

  static Stream<Flood> floods() {
    byte[] none = {};
    return Stream.of(
        new Flood("rapid reset", 2_000, n -> join(get(n), frame(3, 0, 2 * n + 1, number(8))), CALM),
        new Flood(
            "resets made by us: a window that grows by nothing",
            2_000,
            n ->
                join(
                    frame(1, 4, 2 * n + 1, request("POST", "/")),
                    frame(8, 0, 2 * n + 1, number(0))),
            CALM),
        new Flood(
            "resets made by us: a window that overflows",
            2_000,
            n ->
                join(
                    frame(1, 4, 2 * n + 1, request("POST", "/")),
                    frame(8, 0, 2 * n + 1, number(Integer.MAX_VALUE))),
            CALM),
        new Flood(
            "resets made by us: malformed requests",
            2_000,
            n -> frame(1, 5, 2 * n + 1, request("GET", "/", "connection", "close")),
            CALM),
        new Flood(
            "resets made by us: DATA behind the end",
            2_000,
            n -> join(get(n), frame(0, 1, 2 * n + 1, new byte[1])),
            CALM),
        new Flood("SETTINGS", 2_000, n -> frame(4, 0, 0, none), CALM),
        new Flood(
            "SETTINGS of windows",
            2_000,
            n -> frame(4, 0, 0, new byte[] {0, 4, 0, 0, 1, (byte) n}),
            CALM),
        new Flood("acknowledgements of nothing", 2_000, n -> frame(4, 1, 0, none), CALM),
        new Flood("PING", 20_000, n -> frame(6, 0, 0, new byte[8]), CALM),
        new Flood("PRIORITY", 20_000, n -> frame(2, 0, 2 * n + 1, new byte[5]), CALM),
        new Flood("WINDOW_UPDATE", 20_000, n -> frame(8, 0, 0, number(1)), CALM),
        new Flood("unknown frames", 20_000, n -> frame(77, 0, 0, none), CALM),
        new Flood(
            "empty DATA",
            5_000,
            n -> n == 0 ? frame(1, 4, 1, request("POST", "/")) : frame(0, 0, 1, none),
            CALM),
        new Flood(
            "small CONTINUATION",
            5_000,
            n -> n == 0 ? frame(1, 1, 1, request("GET", "/")) : frame(9, 0, 1, new byte[1]),
            CALM),
        new Flood(
            "empty CONTINUATION",
            5_000,
            n -> n == 0 ? frame(1, 1, 1, request("GET", "/")) : frame(9, 0, 1, none),
            CALM),
        new Flood(
            "large CONTINUATION",
            100,
            n -> n == 0 ? frame(1, 1, 1, request("GET", "/")) : frame(9, 0, 1, new byte[16 << 10]),
            1),
        new Flood(
            "streams beyond the limit",
            5_000,
            n -> frame(1, 4, 2 * n + 1, request("POST", "/")),
            CALM),
        new Flood("GOAWAY", 2_000, n -> frame(7, 0, 0, new byte[8]), CALM));
  }

  @ParameterizedTest
  @MethodSource("floods")
  void aFloodEndsItsConnection(Flood flood) throws Exception {
    try (H2Wire victim = H2Wire.to(rig.address());
        H2Wire client = H2Wire.to(rig.address())) {
      Thread.ofVirtual().start(() -> pour(client, flood));
      assertThat(client.goodbye()).isIn(flood.error, -1);
      victim.get(1, "/");
      assertThat(victim.until(1).text()).isEqualTo("hi");
    }
    Rig.eventually(() -> rig.edge.stats().requests() == 0 && rig.edge.stats().connections() == 0);
    assertThat(rig.edge.stats().inFlight().values()).containsOnly(0);
    if (flood.error == CALM) {
      Rig.eventually(
          () -> rig.log.stream().anyMatch(line -> line.message().contains("was closed: ")));
      rig.log.clear();
    }
  }

  private static void pour(H2Wire client, Flood flood) {
    try {
      for (int n = 0; n < flood.parts; ) {
        ByteArrayOutputStream some = new ByteArrayOutputStream();
        for (int end = Math.min(flood.parts, n + 50); n < end; n++) {
          some.writeBytes(flood.frames.apply(n));
        }
        client.send(some.toByteArray());
      }
    } catch (SocketException closed) {
      // As it should be.
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One entry of the table, referred to by one byte each time. */
  @Test
  void aBombOfIndexedFieldsIsRefused() throws Exception {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(request("GET", "/"));
    block.write(0x40);
    block.write(1);
    block.write('x');
    block.writeBytes(new byte[] {0x7f, (byte) 0x81, 0x1e});
    block.writeBytes("v".repeat(127 + 1 + 30 * 128).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 10_000; i++) {
      block.write(0x80 | 62);
    }
    try (H2Wire client = H2Wire.to(rig.address())) {
      client.send(frame(1, 5, 1, block.toByteArray()));
      assertThat(client.until(1).status).isEqualTo(431);
      client.get(3, "/");
      assertThat(client.until(3).text()).isEqualTo("hi");
    }
  }

  @Test
  void whoOpensNoWindowIsCutOff() throws Exception {
    byte[] large = new byte[1 << 20];
    try (Backend sender =
            Backend.unix(
                folder.resolve("large"),
                conn -> {
                  conn.head();
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\n\r\n");
                  conn.say(large);
                });
        Rig hasty = new Rig(config -> config.with(Rigs.hasty()))) {
      hasty.serve(sender);
      try (H2Wire client = H2Wire.to(hasty.address(), 4, 0)) {
        client.get(1, "/");
        assertThat(client.until(1).reset).isEqualTo(8);
        assertThat(hasty.exchange().outcome).isEqualTo(Outcome.TIMED_OUT);
      }
    }
  }
}
