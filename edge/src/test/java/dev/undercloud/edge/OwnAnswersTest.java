package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Cors;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.Fields;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.core.policy.Maintenance;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.route.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the edge answers itself says what its route has every response say. */
@Timeout(60)
class OwnAnswersTest {
  private static final String ORIGIN = "https://www.example.org";
  private static final Cors CORS =
      new Cors(
          List.of(ORIGIN), List.of(), List.of(), List.of("X-Total"), false, Duration.ofMinutes(5));
  private static final Fields FIELDS =
      new Fields(
          Map.of(),
          Set.of(),
          Map.of(
              "X-Frame-Options", "DENY",
              "Cache-Control", "max-age=3600",
              "Content-Security-Policy", "default-src 'self'",
              "X-Content-Type-Options", "nosniff"),
          Set.of("Server"));

  @TempDir Path folder;
  private TlsRig tls;
  private Backend backend;
  private long version = 100;

  @BeforeEach
  void start() throws Exception {
    tls = new TlsRig(folder.resolve("tls"));
    backend = Backend.unix(folder.resolve("s"), Backend.saying("the app"));
    tls.rig.serve(backend);
  }

  @AfterEach
  void end() throws IOException {
    tls.rig.close();
    backend.close();
  }

  private void rules(AppPolicy policy) {
    TlsPolicy hsts =
        new TlsPolicy(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Duration.ofDays(1),
            Optional.empty());
    AppPolicy whole =
        new AppPolicy(
            policy.hosts(),
            Optional.empty(),
            policy.routes(),
            policy.balance(),
            hsts,
            policy.maintenance(),
            Ingress.DIRECT);
    long next = ++version;
    tls.rig.policies.publish(new EdgePolicies(next, Map.of("app", whole)));
    Rig.eventually(() -> tls.rig.edge.view().policiesInForce() == next);
  }

  private Policy dressed() {
    return Policy.route("/*").fields(FIELDS).cors(CORS);
  }

  private static String from(String origin, String start) {
    return start + " HTTP/1.1\r\nHost: app.localhost\r\nOrigin: " + origin + "\r\n";
  }

  private Wire.Response ask(String request) throws Exception {
    try (Wire client = tls.connect("app.localhost")) {
      return client.send(request).response();
    }
  }

  private static void isDressed(Wire.Response response, int status) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.field("strict-transport-security")).isEqualTo("max-age=86400");
    assertThat(response.field("access-control-allow-origin")).isEqualTo(ORIGIN);
    assertThat(response.field("access-control-expose-headers")).isEqualTo("X-Total");
    assertThat(response.field("vary")).isEqualTo("Origin");
    assertThat(response.field("x-frame-options")).isEqualTo("DENY");
    assertThat(response.field("cache-control")).isEqualTo("no-store");
    assertThat(response.field("x-content-type-options")).isEqualTo("nosniff");
    assertThat(response.head().split("(?i)x-content-type-options", -1)).hasSize(2);
    assertThat(response.field("content-security-policy")).isNotEqualTo("default-src 'self'");
  }

  @Test
  void whereNoReplicaAnswers() throws Exception {
    rules(dressed().end());
    tls.rig.serve(List.of(new Address.Unix(folder.resolve("nobody"))));
    isDressed(ask(from(ORIGIN, "GET /") + "\r\n"), 502);
    Wire.Response strange = ask(from("https://evil.example", "GET /") + "\r\n");
    assertThat(strange.status()).isIn(502, 503);
    assertThat(strange.field("access-control-allow-origin")).isNull();
    assertThat(strange.field("vary")).isEqualTo("Origin");
    tls.rig.serve(List.of());
    isDressed(ask(from(ORIGIN, "GET /") + "\r\n"), 503);
  }

  @Test
  void whereTheAppTakesTooLong() throws Exception {
    tls.rig.timeouts =
        new Timeouts(
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
    try (Backend silent =
        Backend.unix(
            folder.resolve("silent"),
            conn -> {
              conn.request();
              conn.request();
            })) {
      tls.rig.serve(silent);
      rules(dressed().end());
      isDressed(ask(from(ORIGIN, "GET /") + "\r\n"), 504);
    }
  }

  @Test
  void whereARuleRefuses() throws Exception {
    rules(dressed().deny("127.0.0.1").end());
    isDressed(ask(from(ORIGIN, "GET /") + "\r\n"), 403);
    String hash =
        "pbkdf2-sha256$600000$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    rules(dressed().users(Map.of("ann", hash)).end());
    Wire.Response asked = ask(from(ORIGIN, "GET /") + "\r\n");
    isDressed(asked, 401);
    assertThat(asked.field("www-authenticate")).startsWith("Basic");
    rules(dressed().bodyLimit(3).end());
    isDressed(ask(from(ORIGIN, "POST /") + "Content-Length: 4\r\n\r\nabcd"), 413);
    String chunked = "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n";
    isDressed(ask(from(ORIGIN, "POST /") + chunked), 413);
    AppPolicy closed =
        dressed()
            .end()
            .with(
                Optional.of(
                    new Maintenance(
                        List.of(), List.of(), Optional.empty(), Duration.ofSeconds(30))));
    rules(closed);
    isDressed(ask(from(ORIGIN, "GET /") + "\r\n"), 503);
  }

  @Test
  void whatIsLeftOfALimitIsToldByErrorsToo() throws Exception {
    rules(dressed().limit(2, Duration.ofHours(1), RateLimit.By.ROUTE, null).end());
    tls.rig.serve(List.of(new Address.Unix(folder.resolve("nobody"))));
    Wire.Response first = ask(from(ORIGIN, "GET /") + "\r\n");
    isDressed(first, 502);
    assertThat(first.field("ratelimit")).contains("r=1");
    ask(from(ORIGIN, "GET /") + "\r\n");
    Wire.Response last = ask(from(ORIGIN, "GET /") + "\r\n");
    isDressed(last, 429);
    assertThat(last.field("ratelimit")).contains("r=0");
    assertThat(last.head().split("RateLimit:", -1)).hasSize(2);
  }

  @Test
  void eachRequestOfAConnectionIsItsOwn() throws Exception {
    rules(Policy.route("/a").fields(FIELDS).and("/b").deny("127.0.0.1").end());
    try (Wire client = tls.rig.connect()) {
      assertThat(client.get("/a").field("x-frame-options")).isEqualTo("DENY");
      Wire.Response denied = client.get("/b");
      assertThat(denied.status()).isEqualTo(403);
      assertThat(denied.field("x-frame-options")).isNull();
      assertThat(denied.field("strict-transport-security")).isNull();
      client.send("GET /a HTTP/1.1\r\nHost: app.localhost\r\nbad field\r\n\r\n");
      Wire.Response bad = client.response();
      assertThat(bad.status()).isEqualTo(400);
      assertThat(bad.field("x-frame-options")).isNull();
    }
  }
}
