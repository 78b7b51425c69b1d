package dev.undercloud.observe.live;

import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.ExchangeSlot;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of what the edge did with one app's requests. Not safe across threads: its owner locks.
 */
final class EdgeSeries {
  /** Routes told apart; a file has tens. */
  private static final int MOST_ROUTES = 256;

  /** Rules read anew are other objects: so many are known before all are looked up again. */
  private static final int MOST_KNOWN = 1024;

  private static final int HTTP2 = 20;

  private static final class OfRoute {
    final String path;
    final String where;
    final Tally requests = new Tally();
    long limited;
    long denied;
    long byEdge;

    OfRoute(RouteRule rule) {
      path = rule.path();
      where = rule.name();
    }
  }

  private final @Nullable Tally[] answers = new @Nullable Tally[AnsweredBy.values().length];
  private final Tally misses = new Tally();
  private final Tally tls = new Tally();
  private final Tally http2 = new Tally();
  private final Map<String, OfRoute> routes = new HashMap<>();

  /** By the object: hashing a rule for each request would cost more than all the rest. */
  private final Map<RouteRule, OfRoute> known = new IdentityHashMap<>();

  void record(ExchangeSlot slot, long second) {
    if (slot.copy) {
      return;
    }
    Tally by = answers[slot.by.ordinal()];
    if (by == null) {
      by = new Tally();
      answers[slot.by.ordinal()] = by;
    }
    by.add(second);
    if (slot.cache == CacheUse.MISS) {
      misses.add(second);
    }
    if (slot.tls != 0) {
      tls.add(second);
    }
    if (slot.version == HTTP2) {
      http2.add(second);
    }
    if (slot.route != null) {
      route(slot.route, slot.by, second);
    }
  }

  private void route(RouteRule rule, AnsweredBy by, long second) {
    OfRoute counts = known.get(rule);
    if (counts == null) {
      counts = find(rule);
      if (counts == null) {
        return;
      }
    }
    counts.requests.add(second);
    if (by == AnsweredBy.RATE_LIMIT) {
      counts.limited++;
    } else if (by.isRefusal()) {
      counts.denied++;
    } else if (by != AnsweredBy.APP) {
      counts.byEdge++;
    }
  }

  private @Nullable OfRoute find(RouteRule rule) {
    String key = rule.path() + " " + rule.name();
    OfRoute counts = routes.get(key);
    if (counts == null) {
      if (routes.size() == MOST_ROUTES) {
        return null;
      }
      counts = new OfRoute(rule);
      routes.put(key, counts);
    }
    if (known.size() == MOST_KNOWN) {
      known.clear();
    }
    known.put(rule, counts);
    return counts;
  }

  EdgeLive over(long nanos) {
    Map<AnsweredBy, Count> all = new EnumMap<>(AnsweredBy.class);
    for (AnsweredBy by : AnsweredBy.values()) {
      Tally tally = answers[by.ordinal()];
      if (tally != null) {
        all.put(by, tally.over(nanos));
      }
    }
    List<RouteLive> lived = new ArrayList<>();
    for (OfRoute each : routes.values()) {
      lived.add(
          new RouteLive(
              each.path,
              each.where,
              each.requests.over(nanos),
              each.limited,
              each.denied,
              each.byEdge));
    }
    return new EdgeLive(all, misses.over(nanos), tls.over(nanos), http2.over(nanos), lived);
  }
}
