package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that takes too long ends, in the right words; what moves goes on. */
@Timeout(60)
class TimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String GET = "GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
  @TempDir Path folder;

  private Backend once(Backend.Script script) {
    return Backend.unix(folder.resolve("a"), script);
  }

  private static Rig hasty() {
    return new Rig(c -> c.with(Rigs.hasty()));
  }

  private static Timeouts timeouts(Duration response, Duration request, Duration idle) {
    return new Timeouts(SHORT, response, request, idle, LONG);
  }

  @Test
  void responseTimeoutIs504() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.in.read();
            })) {
      rig.timeouts = timeouts(SHORT, LONG, LONG);
      try (Wire client = rig.serve(backend).connect()) {
        Wire.Response response = client.get("/");
        assertThat(response.status()).isEqualTo(504);
        assertThat(response.text()).contains("web.1").contains("400ms");
        ExchangeSlot slot = rig.exchange();
        assertThat(slot.outcome).isEqualTo(Outcome.TIMED_OUT);
        assertThat(slot.status).isEqualTo(504);
        // The client's connection is still good.
        assertThat(client.get("unknown.localhost", "/").status()).isEqualTo(404);
      }
    }
  }

  @Test
  void requestTimeoutEndsAResponseThatDrips() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              while (true) {
                conn.say("1\r\nx\r\n");
                Thread.sleep(20);
              }
            })) {
      rig.timeouts = timeouts(LONG, SHORT, LONG);
      try (Wire client = rig.serve(backend).connect()) {
        client.send(GET);
        assertThatThrownBy(client::response).isInstanceOf(IOException.class);
        assertThat(rig.exchange().outcome).isEqualTo(Outcome.TIMED_OUT);
      }
    }
  }

  @Test
  void eventStreamsAndLargeTransfersMayTakeLonger() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              String head;
              while ((head = conn.head()) != null) {
                boolean events = head.startsWith("GET /events");
                conn.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n");
                conn.say("Content-Type: " + (events ? "text/event-stream" : "x/y") + "\r\n\r\n");
                String part = events ? "a" : "a".repeat(0x1000);
                for (int i = 0; i < 60; i++) {
                  conn.say(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
                  Thread.sleep(20);
                }
                conn.say("0\r\n\r\n");
              }
            })) {
      rig.timeouts = timeouts(LONG, SHORT, LONG);
      try (Wire client = rig.serve(backend).connect()) {
        assertThat(client.get("/events").body()).hasSize(60);
        assertThat(client.get("/large").body()).hasSize(60 * 0x1000);
      }
    }
  }

  @Test
  void silentClientsAreClosedWithoutAWord() throws Exception {
    try (Rig rig = hasty();
        Wire client = rig.connect()) {
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void headsThatDripAre408() throws Exception {
    try (Rig rig = hasty();
        Wire client = rig.connect()) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              client.send("GET / HTTP/1.1\r\n");
              for (int i = 0; i < 100; i++) {
                client.send("X-" + i + ": y\r\n");
                Thread.sleep(50);
              }
            } catch (Exception closed) {
              // As it should be.
            }
          });
      Wire.Response response = client.response();
      assertThat(response.status()).isEqualTo(408);
      assertThat(response.field("x-request-id")).isNotEmpty();
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.outcome).isEqualTo(Outcome.TIMED_OUT);
      assertThat(slot.status).isEqualTo(408);
    }
  }

  @Test
  void bodiesThatDripAre408() throws Exception {
    try (Rig rig = hasty();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.in.readAllBytes();
            });
        Wire client = rig.serve(backend).connect()) {
      client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 1000\r\n\r\n");
      Thread.ofVirtual()
          .start(() -> {
            try {
              for (int i = 0; i < 200; i++) {
                client.send("x");
                Thread.sleep(20);
              }
            } catch (Exception closed) {
              // As it should be.
            }
          });
      assertThat(client.response().status()).isEqualTo(408);
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.TIMED_OUT);
    }
  }

  @Test
  void aReplicaThatStopsReadingAnUploadIs504() throws Exception {
    try (Rig rig = hasty();
        Backend backend =
            once(conn -> {
              conn.head();
              Thread.sleep(10_000);
            })) {
      rig.timeouts = timeouts(Duration.ofSeconds(1), LONG, LONG);
      try (Wire client = rig.serve(backend).connect()) {
        client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 90000000\r\n\r\n");
        Thread.ofVirtual()
            .start(() -> {
              try {
                client.send(new byte[90_000_000]);
              } catch (IOException closed) {
                // As it should be.
              }
            });
        assertThat(client.response().status()).isEqualTo(504);
      }
    }
  }

  @Test
  void readersThatDoNotReadAreCutOff() throws Exception {
    try (Rig rig = hasty();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n");
              try {
                conn.say(new byte[90_000_000]);
              } catch (IOException cut) {
                Signals.give();
              }
            });
        Wire client = new Wire(rig.serve(backend).address(), 4096)) {
      client.send(GET);
      Signals.take();
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.TIMED_OUT);
    }
  }

  @Test
  void idleKeepAliveConnectionsEnd() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = once(Backend.saying("x"))) {
      rig.timeouts = timeouts(LONG, LONG, SHORT);
      try (Wire client = rig.serve(backend).connect()) {
        assertThat(client.get("/").status()).isEqualTo(200);
        assertThat(client.ended()).isTrue();
      }
    }
  }

  @Test
  void silentTunnelsEnd() throws Exception {
    try (Rig rig = hasty();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
              for (int i = 0; i < 20; i++) {
                conn.say("x");
                Thread.sleep(50);
              }
              conn.in.read();
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(
          "GET / HTTP/1.1\r\nHost: app.localhost\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      client.response();
      assertThat(client.in.readAllBytes()).hasSize(20);
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.TUNNEL_CLOSED);
    }
  }
}
