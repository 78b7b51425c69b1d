package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.edge.cache.Purge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the cache does beside one request after another. */
@Timeout(60)
class CacheLifeTest extends CacheCounting {
  @Test
  void sendsStaleAndFetchesMeanwhile() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=10, stale-while-revalidate=60\r\n";
    try (Backend backend = numbered(head);
        CacheRig rig = new CacheRig(backend)) {
      rig.get("/a");
      rig.clock.skip(Duration.ofSeconds(20));
      Wire.Response stale = rig.get("/a");
      assertThat(stale.text()).isEqualTo("#1");
      assertThat(stale.field("age")).isEqualTo("20");
      Rig.eventually(() -> asked.get() == 2);
      Rig.eventually(() -> text(rig, "/a").equals("#2"));
      assertThat(asked).hasValue(2);
      rig.clock.skip(Duration.ofSeconds(100));
      assertThat(rig.get("/a").text()).isEqualTo("#3");
    }
  }

  private static String text(CacheRig rig, String path) {
    try {
      return rig.get(path).text();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fetchesOnceForManyWhoAsk() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    asked.incrementAndGet();
                    open.await();
                    conn.say(FRESH + "Content-Length: 2\r\n\r\nok");
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      rig.rules(Map.of("/a", CacheRig.ttl(Duration.ofSeconds(60))));
      List<Wire> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(rig.connect().send("GET /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n"));
      }
      Rig.eventually(() -> rig.edge.stats().requests() == 20);
      open.countDown();
      for (Wire each : all) {
        assertThat(each.response().text()).isEqualTo("ok");
        each.close();
      }
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void whoWaitedForWhatIsPrivateGoesItself() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    String own = "#" + asked.incrementAndGet();
                    open.await();
                    conn.say(
                        "HTTP/1.1 200 OK\r\nCache-Control: private\r\nContent-Length: "
                            + own.length()
                            + "\r\n\r\n"
                            + own);
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      rig.rules(Map.of("/a", CacheRig.ttl(Duration.ofSeconds(60))));
      List<Wire> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(rig.connect().send("GET /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n"));
      }
      Rig.eventually(() -> rig.edge.stats().requests() == 8);
      open.countDown();
      List<String> bodies = new ArrayList<>();
      for (Wire each : all) {
        bodies.add(each.response().text());
        each.close();
      }
      assertThat(bodies).doesNotHaveDuplicates();
      assertThat(asked).hasValue(8);
    }
  }

  @Test
  void whereTheFirstFailsTheNextGoesAlone() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    if (asked.incrementAndGet() == 1) {
                      open.await();
                      conn.say("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno");
                    } else {
                      conn.say(FRESH + "Content-Length: 2\r\n\r\nok");
                    }
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      rig.rules(Map.of("/a", CacheRig.ttl(Duration.ofSeconds(60))));
      List<Wire> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(rig.connect().send("GET /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n"));
      }
      Rig.eventually(() -> rig.edge.stats().requests() == 10);
      open.countDown();
      List<String> bodies = new ArrayList<>();
      for (Wire each : all) {
        bodies.add(each.response().text());
        each.close();
      }
      assertThat(bodies).containsOnlyOnce("no").contains("ok");
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void whoeverWaitsTooLongGoesItself() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    if (asked.incrementAndGet() == 1) {
                      open.await();
                    }
                    conn.say(FRESH + "Content-Length: 2\r\n\r\nok");
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      rig.rules(Map.of("/a", CacheRig.ttl(Duration.ofSeconds(60))));
      try (Wire first = rig.connect();
          Wire second = rig.connect()) {
        first.send("GET /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
        Rig.eventually(() -> asked.get() == 1);
        second.send("GET /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
        Rig.eventually(() -> rig.edge.stats().requests() == 2);
        rig.clock.skip(Duration.ofSeconds(6));
        assertThat(second.response().text()).isEqualTo("ok");
        open.countDown();
        assertThat(first.response().text()).isEqualTo("ok");
      }
    }
  }

  @Test
  void whatWasAskedBeforeAChangeIsNotStoredAfterIt() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  String request;
                  while ((request = conn.request()) != null) {
                    if (request.startsWith("GET") && asked.incrementAndGet() == 1) {
                      open.await();
                      conn.say(FRESH + "Content-Length: 3\r\n\r\nold");
                    } else {
                      conn.say(FRESH + "Content-Length: 3\r\n\r\nnew");
                    }
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      try (Wire slow = rig.connect()) {
        slow.send("GET /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
        Rig.eventually(() -> asked.get() == 1);
        rig.ask("POST", "/a");
        open.countDown();
        assertThat(slow.response().text()).isEqualTo("old");
      }
      assertThat(rig.get("/a").text()).isEqualTo("new");
    }
  }

  @Test
  void tellsWhatItDid() throws Exception {
    try (Backend backend = numbered(FRESH + "ETag: \"a\"\r\n");
        CacheRig rig = new CacheRig(backend)) {
      List<ExchangeSlot> seen = new ArrayList<>();
      rig.get("/a");
      ExchangeSlot miss = rig.exchange(seen);
      assertThat(miss.cache).isEqualTo(CacheUse.MISS);
      assertThat(miss.cacheReason).isEqualTo(CacheReason.URI_MISS);
      assertThat(miss.stored).isTrue();
      rig.clock.skip(Duration.ofSeconds(7));
      rig.get("/a");
      ExchangeSlot hit = rig.exchange(seen);
      assertThat(hit.cache).isEqualTo(CacheUse.HIT);
      assertThat(hit.cacheAge).isEqualTo(7);
      assertThat(hit.by).isEqualTo(AnsweredBy.CACHE);
      assertThat(hit.upstream).isNull();
      assertThat(rig.cache.stats().hits()).isEqualTo(1);
      assertThat(rig.cache.stats().entries()).isEqualTo(1);
    }
  }

  @Test
  void manyAtOnce() throws Exception {
    try (Backend backend = numbered(FRESH);
        CacheRig rig = new CacheRig(backend)) {
      rig.rules(Map.of("/*", CacheRule.BY_THE_APP));
      List<Thread> threads = new ArrayList<>();
      List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
      for (int t = 0; t < 8; t++) {
        int own = t;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (Wire wire = rig.connect()) {
                    for (int i = 0; i < 200; i++) {
                      if (i % 50 == own) {
                        rig.cache.purge("app", new Purge.Prefix(null, "/" + own));
                      }
                      assertThat(wire.get("/" + i % 20).text()).startsWith("#");
                    }
                  } catch (Throwable failure) {
                    failures.add(failure);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
    }
  }
}
