package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.cache.CacheSettings;
import dev.undercloud.edge.cache.Purge;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compressed forms of what is stored: made once, and the same as those made anew. */
@Timeout(60)
class CacheCodedTest {
  private static final String FRESH = "Cache-Control: max-age=60";
  private static final String GZIP = "Accept-Encoding: gzip";
  private static final String TEXT = "All work and no play makes Jack a dull boy. ".repeat(100);

  private CacheOrigin origin;
  private CacheRig rig;

  @BeforeEach
  void start(@TempDir Path folder) {
    origin = new CacheOrigin(folder.resolve("s"));
    rig = new CacheRig(origin.backend);
  }

  @AfterEach
  void stop() {
    rig.close();
    origin.close();
  }

  private void says(String path, int status, String... fields) {
    String body = status == 304 ? "" : TEXT;
    origin.script(
        path,
        new CacheOrigin.Reply(status, java.util.List.of(fields), body, java.util.List.of(), false));
  }

  /** Stores it, and has it compressed once. */
  private void stored(String path, String... fields) throws IOException {
    says(path, 200, fields);
    assertThat(rig.get(path).text()).isEqualTo(TEXT);
    Wire.Response first = rig.get(path, GZIP);
    assertThat(unzipped(first)).isEqualTo(TEXT);
    assertThat(first.field("content-length")).isNull();
  }

  private static String unzipped(Wire.Response response) throws IOException {
    assertThat(response.field("content-encoding")).isEqualTo("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** It has a length, since it was compressed before. */
  private Wire.Response kept(String path, String... fields) throws IOException {
    String[] all = java.util.Arrays.copyOf(fields, fields.length + 1);
    all[fields.length] = GZIP;
    Wire.Response response = rig.get(path, all);
    assertThat(response.field("content-length")).isEqualTo("" + response.body().length);
    assertThat(response.body().length).isLessThan(TEXT.length() / 5);
    assertThat(unzipped(response)).isEqualTo(TEXT);
    assertThat(response.field("cache-status")).contains("hit");
    assertThat(response.field("age")).isNotNull();
    return response;
  }

  @Test
  void isCompressedOnceAndSentToAllWhoTakeIt() throws Exception {
    String modified = "Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT";
    stored("/a", FRESH, "Content-Type: text/css", "ETag: \"a\"", "Accept-Ranges: bytes", modified);
    for (int i = 0; i < 3; i++) {
      Wire.Response response = kept("/a");
      assertThat(response.field("etag")).isEqualTo("W/\"a\"");
      assertThat(response.field("vary")).isEqualTo("Accept-Encoding");
      assertThat(response.field("accept-ranges")).isNull();
      assertThat(response.field("content-type")).isEqualTo("text/css");
      assertThat(response.field("cache-control")).isEqualTo("max-age=60");
    }
    assertThat(origin.asked("/a")).hasSize(1);
  }

  @Test
  void othersGetItAsItIs() throws Exception {
    stored("/a", FRESH, "Content-Type: text/plain", "ETag: \"a\"");
    kept("/a");
    for (String fields : new String[] {"X: 1", "Accept-Encoding: gzip;q=0", "Accept-Encoding: x"}) {
      Wire.Response plain = rig.get("/a", fields);
      assertThat(plain.text()).isEqualTo(TEXT);
      assertThat(plain.field("content-encoding")).isNull();
      assertThat(plain.field("etag")).isEqualTo("\"a\"");
    }
    Wire.Response part = rig.get("/a", GZIP, "Range: bytes=4-7");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.text()).isEqualTo("work");
    assertThat(part.field("etag")).isEqualTo("\"a\"");
    assertThat(part.field("content-range")).isEqualTo("bytes 4-7/" + TEXT.length());
    Wire.Response none = rig.get("/a", GZIP, "Range: bytes=99999-");
    assertThat(none.status()).isEqualTo(416);
    assertThat(origin.asked("/a")).hasSize(1);
  }

  @Test
  void headAndConditionsAreAboutTheFormThatIsSent() throws Exception {
    stored("/a", FRESH, "Content-Type: text/plain", "ETag: \"a\"");
    int length = kept("/a").body().length;
    Wire.Response head = rig.ask("HEAD", "/a", GZIP);
    assertThat(head.field("content-length")).isEqualTo("" + length);
    assertThat(head.field("content-encoding")).isEqualTo("gzip");
    for (String tag : new String[] {"W/\"a\"", "\"a\""}) {
      Wire.Response same = rig.get("/a", GZIP, "If-None-Match: " + tag);
      assertThat(same.status()).isEqualTo(304);
      assertThat(same.field("etag")).isEqualTo("W/\"a\"");
      assertThat(same.field("vary")).isEqualTo("Accept-Encoding");
      assertThat(same.field("content-encoding")).isNull();
    }
    assertThat(rig.get("/a", GZIP, "If-None-Match: \"b\"").status()).isEqualTo(200);
    // A part of another form is not what a client has the rest of.
    Wire.Response whole = rig.get("/a", GZIP, "Range: bytes=0-1", "If-Range: W/\"a\"");
    assertThat(whole.status()).isEqualTo(200);
    assertThat(unzipped(whole)).isEqualTo(TEXT);
  }

  @Test
  void aRenewedResponseKeepsItsForms() throws Exception {
    stored("/a", FRESH, "Content-Type: text/plain", "ETag: \"a\"", "X: 1");
    kept("/a");
    rig.clock.skip(Duration.ofSeconds(61));
    says("/a", 304, FRESH, "X: 2");
    assertThat(rig.get("/a").field("x")).isEqualTo("2");
    assertThat(kept("/a").field("x")).isEqualTo("2");
    assertThat(kept("/a").field("etag")).isEqualTo("W/\"a\"");
    assertThat(origin.asked("/a")).hasSize(2);
  }

  @Test
  void notOnceItMayNotBeTransformedAnyMore() throws Exception {
    stored("/a", FRESH, "Content-Type: text/plain", "ETag: \"a\"");
    kept("/a");
    rig.clock.skip(Duration.ofSeconds(61));
    says("/a", 304, FRESH + ", no-transform");
    rig.get("/a");
    Wire.Response plain = rig.get("/a", GZIP);
    assertThat(plain.field("cache-status")).contains("hit");
    assertThat(plain.text()).isEqualTo(TEXT);
  }

  @Test
  void whatHoldsSecretsIsNotCompressedForThem() throws Exception {
    stored("/a", FRESH, "Content-Type: text/plain", "ETag: \"a\"");
    kept("/a");
    Wire.Response plain = rig.get("/a", GZIP, "Cookie: a=b");
    assertThat(plain.field("cache-status")).contains("hit");
    assertThat(plain.text()).isEqualTo(TEXT);
    stored("/b", FRESH + ", public", "Content-Type: text/plain");
    kept("/b", "Cookie: a=b");
  }

  @Test
  void whoGoesAwayInBetweenKeepsNothingAndHindersNobody() throws Exception {
    String large = "abc %d ".repeat(500_000);
    origin.script(
        "/large",
        new CacheOrigin.Reply(
            200,
            java.util.List.of(FRESH, "Content-Type: text/plain"),
            large,
            java.util.List.of(),
            false));
    assertThat(rig.get("/large").text()).isEqualTo(large);
    try (Wire wire = rig.connect()) {
      wire.send("GET /large HTTP/1.1\r\nHost: app.localhost\r\n" + GZIP + "\r\n\r\n");
      assertThat(wire.head()).contains("Content-Encoding: gzip");
    }
    Rig.eventually(() -> {
      try {
        Wire.Response again = rig.get("/large", GZIP);
        assertThat(unzipped(again)).isEqualTo(large);
        return again.field("content-length") != null;
      } catch (IOException failed) {
        throw new AssertionError(failed);
      }
    });
  }

  @Test
  void purgingRemovesTheFormsToo() throws Exception {
    stored("/a", FRESH, "Content-Type: text/plain");
    kept("/a");
    long before = rig.cache.stats().bytes();
    assertThat(rig.cache.purge("app", new Purge.Path(null, "/a"))).isEqualTo(1);
    assertThat(before).isPositive();
    assertThat(rig.cache.stats().bytes()).isZero();
    assertThat(rig.get("/a", GZIP).field("cache-status")).doesNotContain("hit");
  }

  @Test
  void formsCountInTheBudget() throws Exception {
    says("/a", 200, FRESH, "Content-Type: text/plain");
    rig.get("/a");
    long plain = rig.cache.stats().bytes();
    rig.get("/a", GZIP);
    long form = kept("/a").body().length;
    assertThat(rig.cache.stats().bytes() - plain).isBetween(form, form + 1_000);
  }

  @Test
  void theBudgetHoldsWithForms() throws Exception {
    CacheSettings small = new CacheSettings(60_000, 10_000, Optional.empty(), 0);
    try (CacheRig tight = new CacheRig(origin.backend, small)) {
      for (int i = 0; i < 60; i++) {
        String path = "/many/" + i % 20;
        says(path, 200, FRESH, "Content-Type: text/plain");
        for (int again = 0; again < 3; again++) {
          Wire.Response response = tight.get(path, GZIP);
          assertThat(unzipped(response)).isEqualTo(TEXT);
          assertThat(tight.cache.stats().bytes()).isLessThanOrEqualTo(66_000);
        }
      }
      assertThat(tight.cache.stats().hits()).isPositive();
      tight.cache.purge("app", new Purge.Everything());
      assertThat(tight.cache.stats().bytes()).isZero();
    }
  }

  @Test
  void whatIsShortOrCompressedAlreadyStaysAsItIs() throws Exception {
    origin.script(
        "/short",
        new CacheOrigin.Reply(
            200,
            java.util.List.of(FRESH, "Content-Type: text/plain"),
            "short",
            java.util.List.of(),
            false));
    rig.get("/short");
    assertThat(rig.get("/short", GZIP).text()).isEqualTo("short");
    says("/image", 200, FRESH, "Content-Type: image/png");
    rig.get("/image");
    assertThat(rig.get("/image", GZIP).text()).isEqualTo(TEXT);
    says("/coded", 200, FRESH, "Content-Type: text/plain", "Content-Encoding: x");
    rig.get("/coded");
    assertThat(rig.get("/coded", GZIP).text()).isEqualTo(TEXT);
  }
}
