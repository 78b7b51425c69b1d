package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.cache.CacheSettings;
import dev.undercloud.edge.cache.Purge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk tier: what it keeps over a restart, and what it does not believe. */
@Timeout(60)
class CacheDiskTest {
  @TempDir Path folder;
  private final AtomicInteger asked = new AtomicInteger();

  private Backend backend() {
    return Backend.unix(
        folder.resolve("s"),
        conn -> {
          String head;
          while ((head = conn.request()) != null) {
            String body = head.split(" ")[1] + " #" + asked.incrementAndGet();
            body = head.contains("/large") ? body.repeat(2_000) : body;
            conn.say(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nVary: Foo\r\n"
                    + "Surrogate-Key: t\r\nX: 1\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body);
          }
        });
  }

  private CacheSettings settings() {
    return new CacheSettings(200_000, 60_000, Optional.of(folder.resolve("cache")), 10_000_000);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("cache"))) {
      return all.sorted().toList();
    }
  }

  @Test
  void keepsWhatMemoryHasNoRoomFor() throws Exception {
    try (Backend backend = backend();
        CacheRig rig = new CacheRig(backend, settings())) {
      String first = rig.get("/large/0").text();
      for (int i = 1; i < 40; i++) {
        rig.get("/large/" + i);
      }
      Rig.eventually(() -> rig.cache.stats().diskEntries() > 10);
      int before = asked.get();
      int hits = 0;
      for (int i = 0; i < 40; i++) {
        Wire.Response again = rig.get("/large/" + i);
        hits += again.field("cache-status").contains("hit") ? 1 : 0;
      }
      assertThat(hits).isGreaterThan(30);
      assertThat(asked.get() - before).isEqualTo(40 - hits);
      assertThat(first).startsWith("/large/0 #1");
    }
  }

  @Test
  void findsItAgainAfterARestart() throws Exception {
    try (Backend backend = backend()) {
      try (CacheRig rig = new CacheRig(backend, settings())) {
        rig.get("/a", "Foo: 1");
        rig.get("/a", "Foo: 2");
        rig.get("/b");
      }
      assertThat(files()).hasSize(3);
      try (CacheRig rig = new CacheRig(backend, settings())) {
        Rig.eventually(() -> rig.cache.stats().diskEntries() == 3);
        rig.clock.skip(Duration.ofSeconds(100));
        Wire.Response hit = rig.get("/a", "Foo: 2");
        assertThat(hit.text()).isEqualTo("/a #2");
        assertThat(hit.field("cache-status")).contains("hit");
        assertThat(hit.field("x")).isEqualTo("1");
        assertThat(Integer.parseInt(hit.field("age"))).isBetween(99, 110);
        assertThat(rig.get("/a", "Foo: 1").text()).isEqualTo("/a #1");
        assertThat(rig.get("/a", "Foo: 3").text()).isEqualTo("/a #4");
        rig.clock.skip(Duration.ofSeconds(600));
        assertThat(rig.get("/b").text()).isEqualTo("/b #5");
      }
    }
  }

  @Test
  void isSentStaleWhereNobodyAnswers() throws Exception {
    try (Backend backend = backend()) {
      try (CacheRig rig = new CacheRig(backend, settings())) {
        rig.get("/a");
        rig.get("/part", "Range: bytes=0-3");
      }
      try (CacheRig rig = new CacheRig(backend, settings())) {
        Rig.eventually(() -> rig.cache.stats().diskEntries() == 2);
        backend.close();
        rig.clock.skip(Duration.ofSeconds(700));
        Wire.Response stale = rig.get("/a");
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.text()).isEqualTo("/a #1");
        assertThat(stale.field("cache-status")).contains("detail=no-replica");
        assertThat(rig.get("/other").status()).isEqualTo(502);
        rig.clock.skip(Duration.ofSeconds(600));
        assertThat(rig.get("/a").status()).isEqualTo(502);
      }
    }
  }

  @Test
  void doesNotBelieveWhatIsDamaged() throws Exception {
    try (Backend backend = backend()) {
      for (int damage = 0; damage < 5; damage++) {
        try (CacheRig rig = new CacheRig(backend, settings())) {
          rig.cache.purge("app", new Purge.Everything());
          rig.get("/a");
        }
        Path file = files().getFirst();
        byte[] bytes = Files.readAllBytes(file);
        switch (damage) {
          case 0 -> bytes[bytes.length - 8] ^= 1;
          case 1 -> bytes[20] ^= 1;
          case 2 -> bytes = java.util.Arrays.copyOf(bytes, bytes.length / 2);
          case 3 -> bytes = new byte[0];
          default -> bytes[5] = 127;
        }
        Files.write(file, bytes);
        Files.write(folder.resolve("cache").resolve("0000000000000099.response.new"), bytes);
        int before = asked.get();
        try (CacheRig rig = new CacheRig(backend, settings())) {
          assertThat(rig.get("/a").text()).as("damage %d", damage).isEqualTo("/a #" + (before + 1));
        }
        assertThat(files()).allMatch(each -> each.toString().endsWith(".response"));
      }
    }
  }

  @Test
  void forgetsWhatIsPurged() throws Exception {
    try (Backend backend = backend()) {
      try (CacheRig rig = new CacheRig(backend, settings())) {
        rig.get("/a");
        rig.get("/b");
        rig.get("/c");
      }
      try (CacheRig rig = new CacheRig(backend, settings())) {
        Rig.eventually(() -> rig.cache.stats().diskEntries() == 3);
        assertThat(rig.cache.purge("app", new Purge.Path(null, "/a"))).isEqualTo(1);
        rig.ask("POST", "/b");
        assertThat(rig.get("/a").field("cache-status")).contains("fwd");
        assertThat(rig.get("/b").field("cache-status")).contains("fwd");
        assertThat(rig.get("/c").field("cache-status")).contains("hit");
        assertThat(rig.cache.purge("app", new Purge.Tag("t"))).isPositive();
        assertThat(rig.get("/c").field("cache-status")).contains("fwd");
      }
    }
  }

  @Test
  void keepsToItsBudget() throws Exception {
    CacheSettings small =
        new CacheSettings(100_000, 50_000, Optional.of(folder.resolve("cache")), 300_000);
    try (Backend backend = backend();
        CacheRig rig = new CacheRig(backend, small)) {
      for (int i = 0; i < 60; i++) {
        rig.get("/large/" + i);
      }
      Rig.eventually(() -> rig.cache.stats().diskEntries() > 5);
      rig.cache.close();
      assertThat(rig.cache.stats().diskBytes()).isLessThanOrEqualTo(300_000);
      long total = 0;
      for (Path file : files()) {
        total += Files.size(file);
      }
      assertThat(total).isLessThanOrEqualTo(350_000);
    }
  }
}
