package dev.undercloud.observe.model;

import dev.undercloud.core.policy.RateLimit;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.FailedAttempt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the edge did with an exchange beside passing it on. Immutable.
 *
 * @param by who made the response
 * @param route pattern of the route that decided; null where none did
 * @param where that stands: {@code undercloud.toml:12}
 * @param rule what in the route did it, in words: the limit, the folder, the address; null where
 *     the answer needs none
 * @param rewritten the path that the app got; null for the client's own
 * @param reason why the cache did what it did
 * @param stored whether the response was stored
 * @param instead whether another app than the one it came for served it
 * @param mirror the app that got a copy; null for none
 * @param copy whether this is such a copy
 * @param limitLeft requests that the rate limit had left; negative where there is none
 * @param tls version of the client's connection, times ten; 0 for none
 * @param coding what the body was compressed with
 * @param sentBytes what was left of it
 * @param tried replicas that failed the request, the first one first
 */
public record Handling(
    AnsweredBy by,
    @Nullable String route,
    @Nullable String where,
    @Nullable String rule,
    @Nullable String rewritten,
    CacheReason reason,
    boolean stored,
    boolean instead,
    @Nullable String mirror,
    boolean copy,
    int limitLeft,
    int tls,
    BodyCoding coding,
    long sentBytes,
    List<Tried> tried) {
  public Handling {
    tried = List.copyOf(tried);
  }

  /** Passed on as it came, by no rule. */
  public static final Handling PLAIN =
      new Handling(
          AnsweredBy.APP,
          null,
          null,
          null,
          null,
          CacheReason.NONE,
          false,
          false,
          null,
          false,
          -1,
          0,
          BodyCoding.NONE,
          0,
          List.of());

  static Handling of(ExchangeSlot slot) {
    RouteRule route = slot.route;
    boolean plain =
        slot.by == AnsweredBy.APP && route == null && slot.tls == 0 && slot.failed == null;
    boolean uncached = slot.cacheReason == CacheReason.NONE && !slot.stored;
    if (plain && uncached && slot.coding == BodyCoding.NONE) {
      return PLAIN;
    }
    RouteOptions options = route == null ? RouteOptions.NONE : route.options();
    String app = slot.app;
    byte[] rewritten = slot.rewritten;
    return new Handling(
        slot.by,
        route == null ? null : route.path(),
        route == null ? null : route.name(),
        rule(slot.by, options),
        rewritten == null || slot.rewrittenLength == 0
            ? null
            : path(new String(rewritten, 0, slot.rewrittenLength, StandardCharsets.ISO_8859_1)),
        slot.cacheReason,
        slot.stored,
        !slot.copy && options.split().filter(s -> s.to().name().equals(app)).isPresent(),
        slot.mirrored ? options.mirror().map(m -> m.to().name()).orElse(null) : null,
        slot.copy,
        slot.limitLeft,
        slot.tls,
        slot.coding,
        slot.sentBytes,
        tried(slot));
  }

  /** The query is the client's own, and may hold what nobody should read. */
  private static String path(String target) {
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  private static @Nullable String rule(AnsweredBy by, RouteOptions options) {
    return switch (by) {
      case RATE_LIMIT -> options.rateLimit().map(RateLimit::text).orElse(null);
      case FILE, NO_FILE -> options.files().map(f -> f.folder().toString()).orElse(null);
      case REDIRECT -> options.redirect().map(r -> r.to()).orElse(null);
      default -> null;
    };
  }

  private static List<Tried> tried(ExchangeSlot slot) {
    FailedAttempt last = slot.failed;
    if (last == null) {
      return List.of();
    }
    long first = Marks.first(slot.at);
    return last.all().stream()
        .map(each ->
            new Tried(
                each.replica(),
                each.how(),
                Math.max(0, (each.from() - first) / 1000),
                Math.max(0, (each.to() - each.from()) / 1000)))
        .toList();
  }

  /** Whether nothing is worth keeping of it but who answered and by which route. */
  public boolean isBrief() {
    return rule == null
        && rewritten == null
        && reason == CacheReason.NONE
        && !stored
        && !instead
        && mirror == null
        && !copy
        && limitLeft < 0
        && tls == 0
        && coding == BodyCoding.NONE
        && tried.isEmpty();
  }

  /** {@code TLS 1.3}; empty where the connection was not encrypted. */
  public String tlsText() {
    return tls == 0 ? "" : "TLS " + tls / 10 + "." + tls % 10;
  }

  /** {@code /api/* (undercloud.toml:12)}; empty where no route decided. */
  public String routeText() {
    return route == null ? "" : route + " (" + where + ")";
  }
}
