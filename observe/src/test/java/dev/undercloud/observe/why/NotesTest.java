package dev.undercloud.observe.why;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.FailedAttempt;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.Part;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said beside a verdict, and added to it. */
class NotesTest extends WhyCase {
  @Test
  void saysWhatIsUsualAndWhatIsNot() {
    Exchange slow = exchange(s -> ms(s, NEVER, 0, 1, 1, 2, 3, 185, 188, 190));
    assertThat(verdict(slow, 20_000))
        .endsWith(" That is 9.5 times the usual 20 ms of GET /articles/one.");
    assertThat(verdict(slow, 150_000)).endsWith(" That is usual for GET /articles/one (150 ms).");
    assertThat(verdict(slow, 2_000_000)).doesNotContain("usual");
  }

  @Test
  void saysWhatIsNotKnown() {
    Exchange gone =
        exchange(s -> {
          ms(s, NEVER, 0, 1, 1, 2, 3, NEVER, NEVER, NEVER);
          s.outcome = Outcome.CLIENT_ABORTED;
          s.status = 0;
          s.responseBytes = 0;
        });
    assertThat(verdict(gone, 1_000))
        .startsWith(
            "The client went away, during: waiting for the app (how long that was is not known)");
  }

  @Test
  void tellsOfOtherAttempts() {
    Exchange retried =
        exchange(s -> {
          ms(s, NEVER, 0, 1, 1, 2, 3, 185, 188, 190);
          s.attempts = 2;
        });
    assertThat(verdict(retried, 150_000))
        .contains("It took 2 attempts: a connection to a replica failed before web.1 answered");
  }

  /** The sentences beside the verdict. */
  private static List<String> notes(Consumer<ExchangeSlot> change) {
    return Explainer.explain(exchange(change), OptionalDouble.empty(), List.of()).notes();
  }

  @Test
  void namesTheRouteAndWhatItDid() {
    assertThat(notes(s -> {})).isEmpty();
    assertThat(
            notes(s -> {
              s.route = route("/articles/*", RouteOptions.NONE);
              byte[] target = "/v2/one?token=secret".getBytes(StandardCharsets.ISO_8859_1);
              s.rewritten(target, target.length);
              s.limitLeft = 1;
              s.coding = BodyCoding.GZIP;
              s.responseBytes = 4096;
              s.sentBytes = 1024;
            }))
        .containsExactly(
            "The route /articles/* (undercloud.toml:12) decided.",
            "It was rewritten: the app got /v2/one.",
            "Compressed with gzip: 4 KiB became 1 KiB.",
            "Its rate limit had 1 request left.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "URI_MISS|false|The cache had nothing for it. The response was not one to be stored.",
        "URI_MISS|true|The cache had nothing for it. The response was stored.",
        "VARY_MISS|true|for requests with other fields (Vary). The response was stored.",
        "STALE|true|What the cache had was not fresh any more. The response was stored.",
        "REQUEST|true|The request itself asks for what is new, by its Cache-Control.",
        "PART|true|What the cache has is a part, and more was asked for. The response was stored.",
        "COOKIE|false|The cache was bypassed: the request has cookies",
        "AUTHORIZATION|false|The cache was bypassed: the request has credentials",
      })
  void saysWhyTheCacheDidNotAnswer(CacheReason reason, boolean stored, String says) {
    List<String> notes =
        notes(s -> {
          s.cache = CacheUse.MISS;
          s.cacheReason = reason;
          s.stored = stored;
        });
    assertThat(notes).singleElement().asString().contains(says);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WHILE_REVALIDATE|stale, as the app allows while a newer one is fetched, in",
        "ON_ERROR|stale, as the app allows where it fails, in",
        "COLLAPSED|it waited for the response to another request for the same",
      })
  void saysWhyTheCacheAnswered(CacheReason reason, String says) {
    Exchange e =
        exchange(s -> {
          edge(s, 200, null);
          s.by = AnsweredBy.CACHE;
          s.cache = CacheUse.STALE;
          s.cacheReason = reason;
        });
    assertThat(verdict(e, 1)).contains(says);
  }

  @Test
  void eachAttemptHasItsBarAndItsSentence() {
    Exchange e =
        exchange(s -> {
          ms(s, NEVER, 0, 0, 1, 9, 10, 20, 20, 20);
          s.attempts = 3;
          long zero = s.at[1];
          FailedAttempt first = failed(null, "web.1", zero, 1, 4);
          s.failed = failed(first, "web.2", zero, 4, 9);
        });
    Why why = Explainer.explain(e, OptionalDouble.empty(), List.of());
    assertThat(why.notes())
        .containsExactly(
            "Tried web.1 for 3.0 ms: it broke off.", "Tried web.2 for 5.0 ms: it broke off.");
    assertThat(why.parts().stream().map(Part::name))
        .containsSubsequence("choosing the route", "web.1 failed", "web.2 failed")
        .doesNotContain("choosing a replica");
    assertThat(why.parts().stream().mapToLong(Part::micros).sum()).isEqualTo(20_000);
  }

  private static FailedAttempt failed(
      @Nullable FailedAttempt before, String replica, long zero, long from, long to) {
    return FailedAttempt.after(
        before, replica, "broke off", zero + from * 1_000_000, zero + to * 1_000_000);
  }
}
