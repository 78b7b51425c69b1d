package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.route.Address;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which failures are made good, and which must be told. */
@Timeout(60)
class RetryTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 4\r\n\r\nbody";
  @TempDir Path folder;

  private Backend unix(String name, Backend.Script script) {
    return Backend.unix(folder.resolve(name), script);
  }

  /** Takes a request and goes away. */
  private static void dies(Backend.Conn conn) throws IOException {
    conn.request();
  }

  @Test
  void aRefusedConnectionCostsNothing() throws Exception {
    try (Rig rig = new Rig();
        Backend alive = unix("alive", Backend.saying("alive"))) {
      rig.serve(List.of(new Address.Unix(folder.resolve("absent")), alive.address()));
      try (Wire client = rig.connect()) {
        for (int i = 0; i < 20; i++) {
          client.send(POST);
          assertThat(client.response().text()).isEqualTo("alive");
        }
      }
      assertThat(rig.log).anyMatch(line -> line.message().contains("passed over"));
    }
  }

  @Test
  void aGetIsSentToAnotherReplica() throws Exception {
    try (Rig rig = new Rig();
        Backend dying = unix("dying", RetryTest::dies);
        Backend alive = unix("alive", Backend.saying("alive"))) {
      rig.serve(dying, alive);
      for (int i = 0; i < 20; i++) {
        try (Wire client = rig.connect()) {
          assertThat(client.get("/").text()).isEqualTo("alive");
        }
      }
      assertThat(dying.heads).isNotEmpty();
    }
  }

  @Test
  void aPostIsNeverSentTwice() throws Exception {
    try (Rig rig = new Rig();
        Backend dying = unix("dying", RetryTest::dies);
        Backend other = unix("other", RetryTest::dies)) {
      rig.serve(dying, other);
      for (int i = 0; i < 10; i++) {
        try (Wire client = rig.connect()) {
          client.send(POST);
          Wire.Response response = client.response();
          assertThat(response.status()).isEqualTo(502);
          assertThat(response.text()).contains("not sent to another replica");
        }
        assertThat(dying.heads.size() + other.heads.size()).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void halfAHeadAndAHeadAloneAreNoResponseYet() throws Exception {
    for (String half :
        List.of("HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")) {
      try (Rig rig = new Rig();
          Backend dying = unix("dying" + half.length(), conn -> diesAfter(conn, half));
          Backend other =
              unix(
                  "other" + half.length(),
                  conn -> {
                    conn.request();
                    conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  })) {
        rig.serve(dying, other);
        for (int i = 0; i < 10; i++) {
          try (Wire client = rig.connect()) {
            assertThat(client.get("/").text()).isEqualTo("ok");
          }
        }
        assertThat(dying.heads).isNotEmpty();
      }
    }
  }

  @Test
  void aPostWithHalfAnAnswerIsNotRepeated() throws Exception {
    try (Rig rig = new Rig();
        Backend dying =
            unix("dying", conn -> diesAfter(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"));
        Backend other = unix("other", RetryTest::dies)) {
      rig.serve(dying, other);
      try (Wire client = rig.connect()) {
        client.send(POST);
        assertThat(client.response().status()).isEqualTo(502);
      }
      assertThat(dying.heads.size() + other.heads.size()).isEqualTo(1);
    }
  }

  @Test
  void nothingIsRepeatedOnceTheClientHasAByteOfTheBody() throws Exception {
    try (Rig rig = new Rig();
        Backend dying =
            unix(
                "dying", conn -> diesAfter(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"));
        Wire client = rig.serve(dying).connect()) {
      client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      assertThatThrownBy(client::response).isInstanceOf(IOException.class);
      assertThat(dying.heads).hasSize(1);
    }
  }

  private static void diesAfter(Backend.Conn conn, String said)
      throws IOException, InterruptedException {
    conn.request();
    conn.say(said);
    Thread.sleep(20); // What was said must be read before the end is seen.
  }

  @Test
  void aKeptConnectionThatDiedIsReplacedForAGet() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            unix(
                "a",
                conn -> {
                  conn.request();
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  // The second request on a connection is read, and never answered.
                  conn.request();
                });
        Wire client = rig.serve(backend).connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(client.get("/").text()).isEqualTo("ok");
      }
      assertThat(rig.exchange().attempts).isEqualTo(1);
      assertThat(rig.exchange().attempts).isEqualTo(2);
    }
  }

  /** The app's keep-alive ends while the edge holds the connection: no POST may fall into that. */
  @Test
  void aPostDoesNotTakeAConnectionThatWasIdle() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            unix(
                "a",
                conn -> {
                  String before = null;
                  for (String r = conn.request(); r != null; r = conn.request()) {
                    if (before != null && r.startsWith("POST") && before.startsWith("GET")) {
                      return;
                    }
                    before = r;
                    conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  }
                });
        Wire client = rig.serve(backend).connect()) {
      assertThat(client.get("/").status()).isEqualTo(200);
      Thread.sleep(700);
      client.send(POST);
      assertThat(client.response().status()).isEqualTo(200);
      assertThat(backend.connections).hasValue(2);
    }
  }

  @Test
  void aPostBehindAConnectionThatHasJustClosedIsSentAnew() throws Exception {
    try (Rig rig = new Rig(Rigs::single);
        Backend backend =
            unix(
                "a",
                conn -> {
                  conn.request();
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  conn.close();
                  Signals.give();
                });
        Wire client = rig.serve(backend).connect()) {
      for (int i = 0; i < 300; i++) {
        client.send(POST);
        Wire.Response response = client.response();
        assertThat(response.status()).as(response.text()).isEqualTo(200);
        Signals.take();
      }
      assertThat(backend.heads).hasSize(300);
    }
  }

  @Test
  void aRequestWaitsForAReplicaToComeBack() throws Exception {
    Path socket = folder.resolve("late");
    try (Rig rig = new Rig()) {
      rig.serve(List.of(new Address.Unix(socket)));
      try (Wire client = rig.connect()) {
        client.send(POST);
        Thread.sleep(300);
        try (Backend late = Backend.unix(socket, Backend.saying("late"))) {
          assertThat(client.response().text()).isEqualTo("late");
        }
      }
    }
  }

  @Test
  void aRequestWaitsForAReplicaToAppear() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = unix("a", Backend.saying("here"))) {
      rig.serve();
      try (Wire client = rig.connect()) {
        client.send(POST);
        Thread.sleep(200);
        rig.serve(backend);
        assertThat(client.response().text()).isEqualTo("here");
      }
    }
  }

  @Test
  void waitingEndsInWords() throws Exception {
    try (Rig rig = new Rig()) {
      rig.timeouts =
          new dev.undercloud.core.model.Timeouts(
              Duration.ofMillis(300),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5));
      rig.why = "web.1 and web.2 end as soon as they start";
      rig.serve();
      try (Wire client = rig.connect()) {
        Wire.Response response = client.get("/");
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.text()).contains("web.1 and web.2 end as soon as they start");
        assertThat(response.field("retry-after")).isNotEmpty();
        rig.serve(List.of(new Address.Unix(folder.resolve("absent"))));
        response = client.get("/");
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.text()).contains("web.1 has no socket");
      }
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.outcome).isEqualTo(Outcome.ANSWERED_BY_EDGE);
      assertThat(slot.status).isEqualTo(503);
    }
  }

  @Test
  void killingOneOfTwoReplicasUnderLoadFailsNoGet() throws Exception {
    Path socket = folder.resolve("one");
    AtomicBoolean stop = new AtomicBoolean();
    ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    AtomicInteger served = new AtomicInteger();
    Backend one = Backend.unix(socket, Backend.saying("one"));
    try (Rig rig = new Rig();
        Backend two = unix("two", Backend.saying("two"))) {
      rig.serve(one, two);
      List<Thread> load = new ArrayList<>();
      CountDownLatch running = new CountDownLatch(16);
      for (int i = 0; i < 16; i++) {
        load.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (Wire client = rig.connect()) {
                    running.countDown();
                    while (!stop.get()) {
                      Wire.Response response = client.get("/");
                      served.incrementAndGet();
                      if (response.status() != 200) {
                        failures.add(response.status() + " " + response.text());
                      }
                      Thread.sleep(1);
                    }
                  } catch (Exception e) {
                    failures.add(e.toString());
                  }
                }));
      }
      running.await();
      for (int kill = 0; kill < 5; kill++) {
        Thread.sleep(150);
        one.close();
        Thread.sleep(100);
        one = Backend.unix(socket, Backend.saying("one"));
      }
      stop.set(true);
      for (Thread thread : load) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      assertThat(served.get()).isGreaterThan(500);
      assertThat(rig.edge.stats().inFlight().values()).allMatch(n -> n == 0);
    } finally {
      one.close();
    }
  }
}
