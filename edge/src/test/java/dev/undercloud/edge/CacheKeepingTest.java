package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.cache.CacheSettings;
import dev.undercloud.edge.cache.Purge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the cache keeps, for whom, and what makes it forget. */
@Timeout(60)
class CacheKeepingTest extends CacheCounting {
  @Test
  void neverStoresHalfABody() throws Exception {
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    String body = asked.incrementAndGet() == 1 ? "half" : "half and half";
                    conn.say(FRESH + "Content-Length: 13\r\n\r\n" + body);
                    if (asked.get() == 1) {
                      return;
                    }
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      try (Wire wire = rig.connect()) {
        wire.send("GET /a HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
        assertThat(wire.head()).contains("200");
        assertThat(wire.in.readAllBytes()).hasSize(4);
      }
      assertThat(rig.get("/a").text()).isEqualTo("half and half");
      assertThat(rig.get("/a").field("cache-status")).contains("hit");
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void storesChunksWithoutTheirFraming() throws Exception {
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    conn.say(
                        FRESH
                            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      assertThat(rig.get("/a").text()).isEqualTo("abcde");
      Wire.Response hit = rig.get("/a");
      assertThat(hit.text()).isEqualTo("abcde");
      assertThat(hit.field("content-length")).isEqualTo("5");
      assertThat(hit.field("transfer-encoding")).isNull();
      assertThat(hit.field("cache-status")).contains("hit");
    }
  }

  @Test
  void sendsLargeBodiesWhole() throws Exception {
    String large = "0123456789abcdef".repeat(1 << 18);
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    asked.incrementAndGet();
                    conn.say(FRESH + "Content-Length: " + large.length() + "\r\n\r\n" + large);
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      assertThat(rig.get("/a").body()).hasSize(large.length());
      assertThat(rig.get("/a").text()).isEqualTo(large);
      assertThat(rig.get("/a", "Range: bytes=1048570-1048600").text())
          .isEqualTo(large.substring(1048570, 1048601));
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void keepsToItsBudgetAndToWhatIsAskedFor() throws Exception {
    String body = "x".repeat(10_000);
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  while (conn.request() != null) {
                    conn.say(FRESH + "Content-Length: " + body.length() + "\r\n\r\n" + body);
                  }
                });
        CacheRig rig =
            new CacheRig(backend, new CacheSettings(200_000, 50_000, Optional.empty(), 0))) {
      for (int round = 0; round < 4; round++) {
        rig.get("/often");
      }
      for (int i = 0; i < 200; i++) {
        rig.get("/once/" + i);
        if (i % 10 == 0) {
          rig.get("/often");
        }
        assertThat(rig.cache.stats().bytes()).isLessThanOrEqualTo(220_000);
      }
      assertThat(rig.get("/often").field("cache-status")).contains("hit");
      assertThat(rig.cache.stats().evicted()).isGreaterThan(100);
    }
  }

  @Test
  void removesByPathPrefixAndTag() throws Exception {
    try (Backend backend =
            numbered(FRESH + "Surrogate-Key: blue green\r\nCache-Tag: red, round\r\n");
        CacheRig rig = new CacheRig(backend)) {
      assertThat(purged(rig, new Purge.Path(null, "/a/1"))).containsExactly("/a/1", "/a/1?x");
      assertThat(purged(rig, new Purge.Path(null, "/a/1?x"))).containsExactly("/a/1?x");
      assertThat(purged(rig, new Purge.Path("app.localhost", "/b"))).containsExactly("/b");
      assertThat(purged(rig, new Purge.Path("other.localhost", "/b"))).isEmpty();
      assertThat(purged(rig, new Purge.Prefix(null, "/a/")))
          .containsExactly("/a/1", "/a/1?x", "/a/2");
      // However it is escaped, as the key is in one form.
      assertThat(purged(rig, new Purge.Path(null, "/%61/%31"))).containsExactly("/a/1", "/a/1?x");
      assertThat(purged(rig, new Purge.Prefix(null, "/%61/"))).hasSize(3);
      assertThat(purged(rig, new Purge.Tag("green"))).hasSize(4);
      assertThat(purged(rig, new Purge.Tag("round"))).hasSize(4);
      assertThat(purged(rig, new Purge.Tag("gre"))).isEmpty();
      assertThat(purged(rig, new Purge.Everything())).hasSize(4);
      assertThat(rig.cache.purge("other", new Purge.Everything())).isZero();
      assertThat(rig.get("/new").field("surrogate-key")).isNull();
    }
  }

  private static List<String> purged(CacheRig rig, Purge purge) throws Exception {
    List<String> paths = List.of("/a/1", "/a/1?x", "/a/2", "/b");
    for (String path : paths) {
      rig.get(path);
    }
    int count = rig.cache.purge("app", purge);
    List<String> gone = new ArrayList<>();
    for (String path : paths) {
      if (!rig.get(path).field("cache-status").contains("hit")) {
        gone.add(path);
      }
    }
    assertThat(count).isEqualTo(gone.size());
    return gone;
  }

  @Test
  void locationsOfOneHostAreInvalidatedToo() throws Exception {
    try (Backend backend =
            Backend.unix(
                folder.resolve("s"),
                conn -> {
                  String request;
                  while ((request = conn.request()) != null) {
                    String own = "#" + asked.incrementAndGet();
                    String fields =
                        request.startsWith("POST /rel")
                            ? "Location: other?x=1\r\nContent-Location: /third\r\n"
                            : request.startsWith("POST /abs")
                                ? "Location: http://app.localhost/dir/other?x=1\r\n"
                                : request.startsWith("POST")
                                    ? "Location: http://evil.localhost/third\r\n"
                                    : "Cache-Control: max-age=60\r\n";
                    conn.say(
                        "HTTP/1.1 200 OK\r\n"
                            + fields
                            + "Content-Length: "
                            + own.length()
                            + "\r\n\r\n"
                            + own);
                  }
                });
        CacheRig rig = new CacheRig(backend)) {
      rig.get("/dir/other?x=1");
      rig.get("/third");
      rig.ask("POST", "/elsewhere");
      assertThat(rig.get("/third").field("cache-status")).contains("hit");
      rig.ask("POST", "/abs");
      assertThat(rig.get("/dir/other?x=1").field("cache-status")).contains("fwd");
      rig.get("/rel/other?x=1");
      rig.ask("POST", "/rel/new");
      assertThat(rig.get("/rel/other?x=1").field("cache-status")).contains("fwd");
      assertThat(rig.get("/third").field("cache-status")).contains("fwd");
    }
  }

  @Test
  void oneHostDoesNotAnswerForAnother() throws Exception {
    try (Backend backend = numbered(FRESH);
        CacheRig rig = new CacheRig(backend)) {
      rig.get("/a");
      for (String host : List.of("127.0.0.1", "app.localhost:81", "localhost")) {
        try (Wire wire = rig.connect()) {
          Wire.Response other = wire.get(host, "/a");
          assertThat(other.field("cache-status")).as(host).contains("fwd=uri-miss; stored");
        }
      }
      try (Wire wire = rig.connect()) {
        assertThat(wire.get("APP.localhost", "/a").field("cache-status")).contains("hit");
      }
    }
  }

  @Test
  void aBodyMakesAGetAnotherRequest() throws Exception {
    try (Backend backend = numbered(FRESH);
        CacheRig rig = new CacheRig(backend);
        Wire wire = rig.connect()) {
      for (int i = 1; i <= 2; i++) {
        wire.send("GET /a HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(wire.response().text()).isEqualTo("#" + i);
      }
      assertThat(wire.get("/a").text()).isEqualTo("#3");
    }
  }

  @Test
  void requestsInDisguiseAreNotStored() throws Exception {
    try (Backend backend = numbered(FRESH);
        CacheRig rig = new CacheRig(backend)) {
      for (String field :
          List.of(
              "X-Original-URL: /b",
              "X-Rewrite-URL: /b",
              "X-HTTP-Method: DELETE",
              "X-HTTP-Method-Override: POST",
              "X-Method-Override: POST")) {
        String path = "/" + field.charAt(2) + field.length();
        String planted = rig.get(path, field).text();
        assertThat(rig.get(path).text()).as(field).isNotEqualTo(planted);
      }
    }
  }
}
