package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.telemetry.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More requests than the replicas can answer. */
@Timeout(60)
class OverloadTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  @TempDir Path folder;

  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  static AppPolicy policy(Balance balance) {
    AppPolicy none = AppPolicy.NONE;
    return new AppPolicy(
        none.hosts(), none.timeouts(), none.routes(), balance, none.tls(), Optional.empty());
  }

  private static AppPolicy limited(int inFlight, int queue, Duration patience) {
    return policy(Balance.DEFAULT.limited(inFlight, queue, patience));
  }

  /** A server with so many threads, each of which takes its time for a request. */
  private Backend threads(String name, int threads, long millis) {
    Semaphore free = new Semaphore(threads);
    return Backend.unix(
        folder.resolve(name),
        conn -> {
          while (conn.request() != null) {
            most.accumulateAndGet(working.incrementAndGet(), Math::max);
            free.acquire();
            Thread.sleep(millis);
            free.release();
            working.decrementAndGet();
            done.incrementAndGet();
            conn.say(OK);
          }
        });
  }

  @Test
  void fiveTimesTooMuchLeavesTheReplicasFullyUsed() throws Exception {
    // Two replicas with 2 threads and 20 ms: 200 a second.
    try (Rig rig = new Rig();
        Backend one = threads("one", 2, 20);
        Backend two = threads("two", 2, 20)) {
      rig.serve(one, two).follow(limited(4, 1_024, Duration.ofSeconds(10)));
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger served = new AtomicInteger();
      AtomicInteger shed = new AtomicInteger();
      ConcurrentLinkedQueue<String> others = new ConcurrentLinkedQueue<>();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        clients.add(Thread.ofVirtual().start(() -> client(rig, stop, served, shed, others)));
      }
      Rig.eventually(() -> served.get() > 300);
      int servedBefore = served.get();
      int doneBefore = done.get();
      Rig.eventually(() -> served.get() > servedBefore + 400);
      stop.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(others).isEmpty();
      assertThat(shed.get()).isPositive();
      // What the replicas did was not done in vain, and they were never given more than agreed.
      assertThat(done.get() - doneBefore).isLessThanOrEqualTo(served.get() - servedBefore + 20);
      assertThat(most.get()).isBetween(7, 8);
      assertThat(rig.log).anyMatch(line -> line.message().contains("app is overloaded"));
      assertThat(rig.edge.stats().inFlight().values()).allMatch(n -> n == 0);
    }
  }

  private static void client(
      Rig rig,
      AtomicBoolean stop,
      AtomicInteger served,
      AtomicInteger shed,
      ConcurrentLinkedQueue<String> others) {
    try (Wire wire = rig.connect()) {
      while (!stop.get()) {
        Wire.Response response = wire.get("/");
        if (response.status() == 200) {
          served.incrementAndGet();
        } else if (response.status() == 503
            && Integer.parseInt(response.field("retry-after")) > 0) {
          shed.incrementAndGet();
          Thread.sleep(50);
        } else {
          others.add(response.status() + " " + response.text());
        }
      }
    } catch (IOException | InterruptedException e) {
      others.add(e.toString());
    }
  }

  @Test
  void aFullQueueAndAnEndedPatienceAreToldInWords() throws Exception {
    try (Rig rig = new Rig();
        Backend slow = threads("slow", 1, 1_500)) {
      rig.serve(slow).follow(limited(1, 1, Duration.ofSeconds(1)));
      try (Wire first = rig.connect();
          Wire second = rig.connect();
          Wire third = rig.connect()) {
        first.send(GET);
        Rig.eventually(() -> working.get() == 1);
        second.send(GET);
        Rig.eventually(() -> rig.edge.stats().requests() == 2);
        Wire.Response refused = third.get("/");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("Too many requests wait");
        Wire.Response late = second.response();
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.text()).contains("No replica had room");
        assertThat(Integer.parseInt(late.field("retry-after"))).isPositive();
        assertThat(first.response().text()).isEqualTo("ok");
        // Nothing is left of them: there is room again.
        assertThat(third.get("/").text()).isEqualTo("ok");
      }
      assertThat(done.get()).isEqualTo(2);
    }
  }

  @Test
  void whoLeavesTheQueueCostsNothing() throws Exception {
    Semaphore go = new Semaphore(0);
    try (Rig rig = new Rig();
        Backend one =
            Backend.unix(
                folder.resolve("one"),
                conn -> {
                  while (conn.head() != null) {
                    go.acquire();
                    conn.say(OK);
                  }
                })) {
      rig.serve(one).follow(limited(1, 100, Duration.ofSeconds(10)));
      List<Wire> clients = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Wire client = rig.connect();
        client.send(GET);
        clients.add(client);
        int sent = i + 1;
        Rig.eventually(() -> rig.edge.stats().requests() == sent);
      }
      for (int i = 1; i < 11; i++) {
        clients.get(i).close();
      }
      Rig.eventually(() -> rig.edge.stats().requests() == 2);
      go.release(2);
      assertThat(clients.getFirst().response().text()).isEqualTo("ok");
      assertThat(clients.getLast().response().text()).isEqualTo("ok");
      assertThat(one.heads.size()).isEqualTo(2);
      clients.getFirst().close();
      clients.getLast().close();
      int gone = 0;
      for (int i = 0; i < 12; i++) {
        gone += rig.exchange().outcome == Outcome.CLIENT_ABORTED ? 1 : 0;
      }
      assertThat(gone).isEqualTo(10);
    }
  }

  @Test
  void streamsOfEventsDoNotUseUpWhatAReplicaTakes() throws Exception {
    try (Rig rig = new Rig();
        Backend one =
            Backend.unix(
                folder.resolve("one"),
                conn -> {
                  String head;
                  while ((head = conn.head()) != null) {
                    if (head.startsWith("GET /events")) {
                      conn.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\n\n");
                      conn.head();
                    }
                    conn.say(OK);
                  }
                })) {
      rig.serve(one).follow(limited(1, 0, Duration.ofSeconds(5)));
      List<Wire> streams = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Wire stream = rig.connect();
        stream.send("GET /events HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
        assertThat(stream.head()).contains("200");
        streams.add(stream);
      }
      try (Wire client = rig.connect()) {
        assertThat(client.get("/").text()).isEqualTo("ok");
      }
      assertThat(rig.edge.stats().inFlight().values()).containsExactly(5);
      for (Wire stream : streams) {
        stream.close();
      }
      Rig.eventually(() -> rig.edge.stats().inFlight().containsValue(0));
    }
  }

  @Test
  void theQueueOfAReplicaThatLeavesGoesToTheOthers() throws Exception {
    Semaphore go = new Semaphore(0);
    Backend.Script script =
        conn -> {
          while (conn.head() != null) {
            go.acquire();
            conn.say(OK);
          }
        };
    try (Rig rig = new Rig();
        Backend old = Backend.unix(folder.resolve("old"), script);
        Backend next = Backend.unix(folder.resolve("next"), Backend.saying("next"))) {
      rig.serve(old).follow(limited(1, 100, Duration.ofSeconds(10)));
      try (Wire first = rig.connect();
          Wire second = rig.connect()) {
        first.send(GET);
        Rig.eventually(() -> !old.heads.isEmpty());
        second.send(GET);
        Rig.eventually(() -> rig.edge.stats().requests() == 2);
        rig.serve(next);
        assertThat(second.response().text()).isEqualTo("next");
        go.release();
        assertThat(first.response().text()).isEqualTo("ok");
        assertThat(old.heads).hasSize(1);
      }
    }
  }

  @Test
  void uploadsThatDoNotComeHoldNoReplica() throws Exception {
    try (Rig rig = new Rig();
        Backend one = threads("one", 2, 1)) {
      rig.serve(one).follow(limited(2, 4, Duration.ofSeconds(5)));
      List<Wire> stalled = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Wire client = rig.connect();
        client.send("POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 100000\r\n\r\nx");
        stalled.add(client);
      }
      Rig.eventually(() -> rig.edge.stats().requests() == 40);
      try (Wire client = rig.connect()) {
        for (int i = 0; i < 20; i++) {
          assertThat(client.get("/").status()).isEqualTo(200);
        }
        // A body in pieces arrives whole.
        client.send("PUT / HTTP/1.1\r\nHost: app.localhost\r\nExpect: 100-continue\r\n");
        client.send("Transfer-Encoding: chunked\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(100);
        assertThat(one.heads.size()).isEqualTo(20);
        client.send("2\r\nab\r\n");
        client.send("1\r\nc\r\n0\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(200);
      }
      for (Wire wire : stalled) {
        wire.close();
      }
      Rig.eventually(() -> rig.edge.stats().requests() == 0);
      assertThat(one.heads.size()).isEqualTo(21);
    }
  }
}
