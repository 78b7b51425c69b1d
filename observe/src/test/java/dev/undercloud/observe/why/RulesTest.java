package dev.undercloud.observe.why;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the table of verdicts speaks for the exchange it is meant for. */
class RulesTest extends WhyCase {
  private record Case(String rule, String says, Consumer<ExchangeSlot> change) {
    @Override
    public String toString() {
      return rule;
    }
  }

  private static Case of(String rule, String says, Consumer<ExchangeSlot> change) {
    return new Case(rule, says, change);
  }

  private static RouteOptions limited() {
    Duration minute = Duration.ofMinutes(1);
    RateLimit five = new RateLimit(5, minute, 5, RateLimit.By.HEADER, Optional.of("x-key"));
    return options(Optional.of(five), Optional.empty(), Optional.empty());
  }

  private static RouteOptions files() {
    return RouteOptions.NONE.with(new Files(Path.of("/srv/static"), "/articles/"));
  }

  /** An answer that a rule of the edge made. */
  private static Case rule(
      String rule, String says, int status, AnsweredBy by, @Nullable RouteRule route) {
    return of(
        rule,
        says,
        s -> {
          ms(s, NEVER, 0, 0, 0, NEVER, NEVER, NEVER, NEVER, 1);
          edge(s, status, null);
          s.upstream = null;
          s.by = by;
          s.route = route;
        });
  }

  static Stream<Case> cases() {
    return Stream.of(
        of(
            "app",
            "The app took 182 of 190 ms: web.1 worked on it alone, nothing queued.",
            s -> ms(s, NEVER, 0, 1, 1, 2, 3, 185, 188, 190)),
        of(
            "shared app",
            "The app took 182 of 190 ms: web.1 had 3 other requests in flight",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, 185, 188, 190);
              s.inFlightBefore = 3;
            }),
        of(
            "quick",
            "Quick: 3.0 ms in all, most of it, 2.0 ms, waiting for the app.",
            s -> ms(s, NEVER, 0, 0, 0, 0, 1, 3, 3, 3)),
        of(
            "preconnect",
            "9000 ms passed from the opening of the connection",
            s -> ms(s, 0, 9000, 9001, 9001, 9002, 9003, 9020, 9021, 9021)),
        of(
            "slow head",
            "sent its request head slowly: 4000 of 4030 ms",
            s -> ms(s, NEVER, 0, 4000, 4000, 4000, 4001, 4030, 4030, 4030)),
        of(
            "own work",
            "Undercloud itself took 50 ms of 70 ms",
            s -> ms(s, NEVER, 0, 1, 51, 51, 52, 68, 69, 70)),
        of(
            "queued",
            "Waiting for a replica took 900 of 930 ms",
            s -> ms(s, NEVER, 0, 1, 1, 901, 902, 928, 929, 930)),
        of(
            "failed attempts",
            "Attempts that failed took most of it, 900 of 930 ms; then web.1 answered.",
            s -> {
              ms(s, NEVER, 0, 1, 1, 901, 902, 928, 929, 930);
              s.attempts = 2;
            }),
        of(
            "connecting",
            "Waiting for a connection to web.1 took 1000 of 1012 ms",
            s -> ms(s, NEVER, 0, 1, 1, 2, 1002, 1010, 1011, 1012)),
        of(
            "upload",
            "web.1 answered after 8000 of 8010 ms, which holds the client's upload of 256 MiB too",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, 8003, 8009, 8010);
              s.requestBytes = 256 << 20;
            }),
        of(
            "streamed",
            "web.1 began its answer after 7.0 ms and took 3000 of 3010 ms to finish it",
            s -> ms(s, NEVER, 0, 1, 1, 2, 3, 10, 3010, 3010)),
        of(
            "long response",
            "The response of 20 MiB took 3000 of 3010 ms to come through",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, 10, 3010, 3010);
              s.responseBytes = 20 << 20;
            }),
        of(
            "slow to write",
            "Undercloud itself took 5000 of 5012 ms to hand the small response on",
            s -> ms(s, NEVER, 0, 1, 1, 2, 3, 11, 12, 5012)),
        of(
            "slow reader",
            "The client read slowly: 5000 of 5012 ms",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, 11, 12, 5012);
              s.responseBytes = 1 << 20;
            }),
        of(
            "app error",
            "The app itself answered 500 after 40 ms (web.1).",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, 39, 40, 40);
              s.status = 500;
            }),
        of(
            "malformed",
            "Refused with 400 before any replica saw it: two Content-Length fields. The client",
            s -> {
              ms(s, NEVER, 0, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, 1);
              s.app = null;
              s.upstream = null;
              edge(s, 400, "two Content-Length fields.");
            }),
        of(
            "malformed for an app",
            "Refused with 400 before any replica saw it: the request is malformed",
            s -> {
              ms(s, NEVER, 0, 1, 1, NEVER, NEVER, NEVER, NEVER, 1);
              s.upstream = null;
              edge(s, 400, null);
            }),
        of(
            "no such host",
            "No app answers to the host \"articles.localhost:8080\".",
            s -> {
              ms(s, NEVER, 0, 1, 1, NEVER, NEVER, NEVER, NEVER, 1);
              s.app = null;
              s.upstream = null;
              edge(s, 404, null);
            }),
        of(
            "too much",
            "A limit refused it with 413: body over 1 GB; no replica was asked.",
            s -> {
              s.upstream = null;
              edge(s, 413, "body over 1 GB");
            }),
        of(
            "none in service",
            "No replica could take it after 2000 ms: web.1 is starting.",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2001, NEVER, NEVER, NEVER, 2002);
              s.upstream = null;
              s.attempts = 0;
              edge(s, 503, "web.1 is starting");
            }),
        of(
            "no answer",
            "web.1 gave no answer: it closed the connection, so Undercloud answered 502 after 12 ms and 2 attempts.",
            s -> {
              s.attempts = 2;
              edge(s, 502, "web.1 closed the connection");
            }),
        of(
            "own answer",
            "Undercloud answered 200 itself",
            s -> {
              s.upstream = null;
              edge(s, 200, null);
            }),
        of(
            "timed out",
            "A time limit ended it after 30.0 s: no response within 30s; most of it went into waiting for the app (web.1).",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, NEVER, NEVER, 30_003);
              s.outcome = Outcome.TIMED_OUT;
              s.status = 504;
              s.error = "no response within 30s";
            }),
        of(
            "slow to send",
            "The client sent its request too slowly and was cut off after 10.0 s",
            s -> {
              ms(s, NEVER, 0, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, 10_000);
              s.outcome = Outcome.TIMED_OUT;
              s.status = 408;
            }),
        of(
            "client gone",
            "The client went away after 800 ms, during: waiting for the app. It got no byte",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, NEVER, NEVER, 800);
              s.outcome = Outcome.CLIENT_ABORTED;
              s.status = 0;
              s.responseBytes = 0;
            }),
        of(
            "replica gone",
            "web.1 broke off its own response after 1.2 KiB and 12 ms: connection reset.",
            s -> {
              s.outcome = Outcome.UPSTREAM_ABORTED;
              s.error = "connection reset";
            }),
        of(
            "tunnel",
            "An upgraded connection (a WebSocket, for one) to web.1 that lasted 60.0 s; the app took",
            s -> {
              ms(s, NEVER, 0, 1, 1, 2, 3, 10, 60_000, 60_000);
              s.outcome = Outcome.TUNNEL_CLOSED;
              s.status = 101;
            }),
        of(
            "revalidated",
            "web.1 said that the response in the cache still holds",
            s -> {
              s.outcome = Outcome.ANSWERED_BY_EDGE;
              s.cache = CacheUse.REVALIDATED;
            }),
        of(
            "from the cache",
            "Answered from the cache, 7 s old in 1.0 ms; no replica was asked.",
            s -> {
              ms(s, NEVER, 0, 1, 1, NEVER, NEVER, NEVER, 1, 1);
              s.outcome = Outcome.ANSWERED_BY_EDGE;
              s.upstream = null;
              s.attempts = 0;
              s.by = AnsweredBy.CACHE;
              s.cache = CacheUse.HIT;
              s.cacheAge = 7;
            }),
        rule(
            "maintenance",
            "The app is closed for maintenance: Undercloud answered 503 itself.",
            503,
            AnsweredBy.MAINTENANCE,
            null),
        rule(
            "rate limit",
            "The rate limit of the route /api/* (undercloud.toml:12) refused it with 429: 5/min by"
                + " header x-key was used up; no replica was asked.",
            429,
            AnsweredBy.RATE_LIMIT,
            route("/api/*", limited())),
        rule(
            "address rule",
            "The route /in/* (undercloud.toml:12) lets nobody in from 127.0.0.1",
            403,
            AnsweredBy.ADDRESS,
            route("/in/*", RouteOptions.NONE)),
        rule(
            "password",
            "asks for a name and a password, and the request had none or wrong ones",
            401,
            AnsweredBy.PASSWORD,
            route("/in/*", RouteOptions.NONE)),
        rule(
            "password limit",
            "It was refused with 429; no replica was asked.",
            429,
            AnsweredBy.PASSWORD_LIMIT,
            null),
        rule(
            "file",
            "Undercloud answered 200 with the file one of the folder /srv/static, by the route"
                + " /articles/* (undercloud.toml:12), in 1.0 ms; no replica was asked.",
            200,
            AnsweredBy.FILE,
            route("/articles/*", files())),
        rule(
            "no such file",
            "is answered with files of /srv/static, and one is none of them",
            404,
            AnsweredBy.NO_FILE,
            route("/articles/*", files())),
        rule(
            "redirect",
            "The route /old/* (undercloud.toml:12) sent the client on to another address with 301",
            301,
            AnsweredBy.REDIRECT,
            route("/old/*", RouteOptions.NONE)),
        rule(
            "to HTTPS",
            "It came unencrypted and was sent on to HTTPS with 308",
            308,
            AnsweredBy.TO_HTTPS,
            null),
        rule("preflight", "may send a request (CORS): a route", 204, AnsweredBy.PREFLIGHT, null),
        rule("challenge", "for a certificate (ACME)", 200, AnsweredBy.ACME, null),
        rule("not stored", "(only-if-cached), and none fits", 504, AnsweredBy.NOT_STORED, null),
        of(
            "nothing measured",
            "It ended before anything could be measured.",
            s -> ms(s, NEVER, 0, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theRightRowSpeaks(Case c) {
    Exchange e = exchange(c.change);
    Facts facts = new Facts(e, e.marks().parts(), OptionalDouble.empty());
    assertThat(Explainer.rule(facts).name()).isEqualTo(c.rule);
    Why why = Explainer.explain(e, OptionalDouble.empty(), List.of());
    {
      assertThat(why.verdict()).contains(c.says);
    }
    assertThat(why.verdict()).endsWith(".").doesNotContain("..", "null", "  ");
    assertThat(why.parts().stream().mapToDouble(Part::millis).sum())
        .isEqualTo(why.totalMillis(), org.assertj.core.data.Offset.offset(0.0005));
  }

  @Test
  void everyRowHasItsCase() {
    assertThat(cases().map(Case::rule))
        .containsExactlyInAnyOrderElementsOf(Rules.TABLE.stream().map(Rule::name).toList());
  }
}
