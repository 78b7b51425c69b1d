package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.FailedAttempt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the record of an exchange says of the rules that met it. */
@Timeout(60)
class RecordTest {
  private static final String TEXT = "undercloud ".repeat(400);
  @TempDir Path folder;

  private static String path(ExchangeSlot slot) {
    RouteRule route = slot.route;
    return route == null ? "" : route.path();
  }

  @Test
  void rulesAreNamedByWhatTheyDid() throws Exception {
    try (Rig rig = new Rig();
        Backend app = Backend.unix(folder.resolve("a"), Backend.saying(TEXT))) {
      rig.serve(app);
      rig.rules(
          Policy.route("/limited")
              .limit(1, Duration.ofHours(1), RateLimit.By.ROUTE, null)
              .and("/in/*")
              .deny("127.0.0.0/8", "::1/128")
              .and("/old/*")
              .redirect(301, "/new/*")
              .and("/v1/*")
              .rewrite("/v2/*")
              .end());
      try (Wire client = rig.connect()) {
        client.get("/limited");
        ExchangeSlot allowed = rig.exchange();
        assertThat(allowed.by).isEqualTo(AnsweredBy.APP);
        assertThat(allowed.limitLeft).isZero();
        assertThat(path(allowed)).isEqualTo("/limited");
        client.get("/limited");
        assertThat(rig.exchange().by).isEqualTo(AnsweredBy.RATE_LIMIT);
        client.get("/in/x");
        ExchangeSlot denied = rig.exchange();
        assertThat(denied.by).isEqualTo(AnsweredBy.ADDRESS);
        assertThat(path(denied)).isEqualTo("/in/*");
        client.get("/old/x");
        assertThat(rig.exchange().by).isEqualTo(AnsweredBy.REDIRECT);
        client.get("/v1/x?y");
        ExchangeSlot rewritten = rig.exchange();
        byte[] target = Objects.requireNonNull(rewritten.rewritten);
        assertThat(new String(target, 0, rewritten.rewrittenLength, StandardCharsets.US_ASCII))
            .isEqualTo("/v2/x?y");
        client.get("/plain");
        ExchangeSlot plain = rig.exchange();
        assertThat(plain.route).isNull();
        assertThat(plain.rewrittenLength).isZero();
        assertThat(plain.limitLeft).isNegative();
        assertThat(plain.tls).isZero();
      }
    }
  }

  @Test
  void compressionIsCountedBothWays() throws Exception {
    String response =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
            + TEXT.length()
            + "\r\n\r\n"
            + TEXT;
    try (Rig rig = new Rig();
        Backend app =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  while (conn.request() != null) {
                    conn.say(response);
                  }
                })) {
      rig.serve(app);
      try (Wire client = rig.connect()) {
        client
            .send("GET / HTTP/1.1\r\nHost: app.localhost\r\nAccept-Encoding: gzip\r\n\r\n")
            .response();
        ExchangeSlot slot = rig.exchange();
        assertThat(slot.coding).isEqualTo(BodyCoding.GZIP);
        assertThat(slot.responseBytes).isEqualTo(TEXT.length());
        assertThat(slot.sentBytes).isPositive().isLessThan(TEXT.length());
      }
    }
  }

  @Test
  void everyReplicaThatFailedIsThere() throws Exception {
    try (Rig rig = new Rig();
        Backend one = Backend.unix(folder.resolve("a"), Backend.Conn::request);
        Backend two = Backend.unix(folder.resolve("b"), Backend.Conn::request)) {
      rig.serve(one, two);
      try (Wire client = rig.connect()) {
        assertThat(client.get("/").status()).isEqualTo(502);
      }
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.by).isEqualTo(AnsweredBy.BAD_GATEWAY);
      List<FailedAttempt> all = Objects.requireNonNull(slot.failed).all();
      assertThat(all).hasSizeGreaterThanOrEqualTo(2);
      assertThat(all)
          .allMatch(each -> each.how().equals("closed the connection without a response"));
      assertThat(all).allMatch(each -> each.to() >= each.from());
    }
  }
}
