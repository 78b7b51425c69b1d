package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.io.EOFException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long responses, most of whose bytes the edge moves from socket to socket without reading them.
 */
@Timeout(60)
class LongBodyTest {
  private static final int LENGTH = 6 << 20;

  /** More than any socket holds. */
  private static final int SLOW_BUFFER = 8 << 10;

  @TempDir Path folder;

  private static byte[] body(int seed) {
    byte[] body = new byte[LENGTH + seed];
    new Random(seed).nextBytes(body);
    return body;
  }

  /** Path {@code /N} gets body N, {@code /N/close} ends with the connection. */
  private static void answer(Backend.Conn conn) throws Exception {
    String head;
    while ((head = conn.head()) != null) {
      String[] path = head.split(" ")[1].split("/");
      byte[] body = body(Integer.parseInt(path[1]));
      boolean close = path.length > 2;
      conn.say(
          "HTTP/1.1 200 OK\r\n"
              + (close ? "" : "Content-Length: " + body.length + "\r\n")
              + "\r\n");
      conn.say(body);
      if (close) {
        return;
      }
    }
  }

  private Backend replica() {
    return Backend.unix(folder.resolve("a"), LongBodyTest::answer);
  }

  @Test
  void oneAfterTheOtherOnOneConnection() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = replica();
        Wire client = rig.serve(backend).connect()) {
      for (int seed = 0; seed < 8; seed++) {
        assertThat(client.get("/" + seed).body()).isEqualTo(body(seed));
        assertThat(rig.exchange().responseBytes).isEqualTo(LENGTH + seed);
      }
      assertThat(client.get("/3/close").body()).isEqualTo(body(3));
      assertThat(rig.exchange().responseBytes).isEqualTo(LENGTH + 3);
    }
  }

  @Test
  void manyAtOnceDoNotMix() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = replica();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      rig.serve(backend);
      var all =
          IntStream.range(0, 12)
              .mapToObj(seed -> clients.submit(() -> get(rig, seed, seed % 3 == 0)))
              .toList();
      for (int seed = 0; seed < all.size(); seed++) {
        Future<byte[]> got = all.get(seed);
        assertThat(got.get()).isEqualTo(body(seed));
      }
      assertThat(backend.failures).isEmpty();
    }
  }

  private static byte[] get(Rig rig, int seed, boolean slow) throws Exception {
    try (Wire client = slow ? new Wire(rig.address(), SLOW_BUFFER) : rig.connect()) {
      client.send("GET /" + seed + " HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      if (slow) {
        Thread.sleep(200);
      }
      return client.response().body();
    }
  }

  @Test
  void aReplicaThatDiesWithinLeavesACutResponse() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  conn.head();
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + 2 * LENGTH + "\r\n\r\n");
                  conn.say(body(1));
                });
        Wire client = rig.serve(backend).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      assertThatThrownBy(client::response).isInstanceOf(EOFException.class);
      ExchangeSlot exchange = rig.exchange();
      assertThat(exchange.outcome).isEqualTo(Outcome.UPSTREAM_ABORTED);
      assertThat(exchange.responseBytes).isEqualTo(LENGTH + 1);
    }
  }

  @Test
  void moreThanWasAnnouncedReachesNobody() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  while (conn.head() != null) {
                    conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n");
                    conn.say(body(100));
                  }
                });
        Wire client = rig.serve(backend).connect()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/").body()).hasSize(LENGTH);
      }
      assertThat(backend.connections).as("none is used again").hasValue(3);
    }
  }

  @Test
  void aClientThatLeavesWithinHarmsNobody() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = replica()) {
      rig.serve(backend);
      for (int i = 0; i < 5; i++) {
        try (Wire client = new Wire(rig.address(), SLOW_BUFFER)) {
          client.send("GET /1 HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
          client.in.readNBytes(100_000);
        }
        assertThat(rig.exchange().outcome).isEqualTo(Outcome.CLIENT_ABORTED);
      }
      try (Wire client = rig.connect()) {
        assertThat(client.get("/2").body()).isEqualTo(body(2));
      }
    }
  }
}
