package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.TlsPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rules change a hundred times while requests, a download and a tunnel are on their way. */
@Timeout(120)
class ReloadTest {
  private static final int RELOADS = 100;
  private static final int PIECES = 200;
  private static final int PIECE = 64 << 10;

  @TempDir Path folder;

  @Test
  void nothingOnItsWayNotices() throws Exception {
    String piece = "x".repeat(PIECE);
    try (Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  for (String head = conn.request(); head != null; head = conn.request()) {
                    if (head.startsWith("GET /tunnel")) {
                      conn.say(
                          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
                      byte[] bytes = new byte[256];
                      for (int n = conn.in.read(bytes); n > 0; n = conn.in.read(bytes)) {
                        conn.say(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
                      }
                      return;
                    }
                    if (head.startsWith("GET /download")) {
                      conn.say(
                          "HTTP/1.1 200 OK\r\nContent-Length: "
                              + (long) PIECES * PIECE
                              + "\r\n\r\n");
                      for (int i = 0; i < PIECES; i++) {
                        conn.say(piece);
                      }
                    } else {
                      conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                    }
                  }
                });
        Rig rig = new Rig().serve(backend);
        Wire tunnel = rig.connect();
        Wire download = rig.connect()) {
      tunnel.send(
          "GET /tunnel HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(tunnel.response().status()).isEqualTo(101);
      download.send("GET /download HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      assertThat(download.head()).startsWith("HTTP/1.1 200");
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger served = new AtomicInteger();
      ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
      List<Thread> load = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        load.add(Thread.ofVirtual().start(() -> ask(rig, stop, served, failures)));
      }
      long read = 0;
      for (int i = 0; i < RELOADS; i++) {
        rig.follow(rules(i));
        tunnel.send("t" + i % 10);
        assertThat(tunnel.in.readNBytes(2))
            .isEqualTo(("t" + i % 10).getBytes(StandardCharsets.US_ASCII));
        read += download.in.readNBytes(2 * PIECE).length;
      }
      stop.set(true);
      for (Thread each : load) {
        each.join();
      }
      assertThat(failures).isEmpty();
      assertThat(served.get()).isGreaterThan(RELOADS);
      assertThat(read).isEqualTo((long) PIECES * PIECE);
    }
  }

  private static void ask(
      Rig rig, AtomicBoolean stop, AtomicInteger served, ConcurrentLinkedQueue<String> failures) {
    try (Wire client = rig.connect()) {
      while (!stop.get()) {
        Wire.Response answer = client.get("/" + served.incrementAndGet());
        if (answer.status() != 200 || answer.field("connection") != null) {
          failures.add(answer.status() + " " + answer.text());
        }
      }
    } catch (IOException | RuntimeException broken) {
      failures.add(broken.toString());
    }
  }

  /** Other rules each time; none that refuses anything asked here. */
  private static AppPolicy rules(int number) {
    RateLimit limit =
        new RateLimit(1 + number, Duration.ofMinutes(1), 1, RateLimit.By.ROUTE, Optional.empty());
    RouteOptions none = RouteOptions.NONE;
    RouteOptions limited =
        new RouteOptions(
            none.files(),
            none.cache(),
            Optional.of(limit),
            none.access(),
            none.redirect(),
            none.rewrite(),
            none.fields(),
            none.cors(),
            none.compress(),
            OptionalLong.of(number),
            none.mirror(),
            Optional.empty());
    RouteRule rule =
        new RouteRule(
            "rule " + number, "/made-" + number + "/*", List.of(), Set.of(), Map.of(), limited);
    return new AppPolicy(
        List.of("app.localhost", "made-" + number + ".localhost"),
        Optional.empty(),
        List.of(rule),
        Balance.DEFAULT,
        TlsPolicy.DEFAULT,
        Optional.empty());
  }
}
