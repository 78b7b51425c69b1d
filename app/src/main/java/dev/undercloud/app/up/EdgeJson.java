package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Maintenance;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.Edge;
import dev.undercloud.edge.EdgeStats;
import dev.undercloud.edge.cache.CacheStats;
import dev.undercloud.edge.tls.Served;
import dev.undercloud.observe.live.Count;
import dev.undercloud.observe.live.EdgeLive;
import dev.undercloud.observe.live.RouteLive;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The edge's part of the status document. */
final class EdgeJson {
  private final String app;
  private final Path source;
  private final Edge edge;
  private final Policies policies;
  private final Clock clock;

  /**
   * @param source the app's folder
   */
  EdgeJson(String app, Path source, Edge edge, Policies policies, Clock clock) {
    this.app = app;
    this.source = source;
    this.edge = edge;
    this.policies = policies;
    this.clock = clock;
  }

  /** What is of the edge as a whole: connections, protocols, cache, certificates, answers. */
  ObjectNode edge(EdgeLive live, EdgeLive nobody) {
    EdgeStats stats = edge.stats();
    ObjectNode json = Json.object();
    json.put("connections", stats.connections()).put("in_flight", stats.requests());
    count(json.putObject("tls"), live.tls());
    count(json.putObject("http2"), live.http2());
    cache(json.putObject("cache"), live);
    ObjectNode answers = json.putObject("answers");
    for (AnsweredBy by : AnsweredBy.values()) {
      Count count = sum(live.of(by), nobody.of(by));
      if (count.total() > 0 && by != AnsweredBy.APP) {
        count(answers.putObject(word(by)), count);
      }
    }
    ArrayNode certificates = json.putArray("certificates");
    edge.certificates().forEach(served -> certificate(certificates.addObject(), served));
    return json;
  }

  /** What is of the app: its routes, its line, whether it is open. */
  void app(ObjectNode json, EdgeLive live) {
    AppPolicy policy = policies.inForce();
    json.put("waiting", edge.stats().waiting().getOrDefault(app, 0));
    json.put("queue_limit", policy.balance().queue());
    Optional<Maintenance> closed = policies.maintenance();
    if (closed.isPresent()) {
      ObjectNode maintenance = MaintenanceFile.json(closed.get());
      maintenance.put("since", policies.closedSince().map(Instant::toString).orElse(null));
      json.set("maintenance", maintenance);
    } else {
      json.putNull("maintenance");
    }
    routes(json.putArray("routes"), policy, live);
  }

  private void routes(ArrayNode json, AppPolicy policy, EdgeLive live) {
    Map<String, RouteLive> lived = new HashMap<>();
    live.routes().forEach(each -> lived.put(each.path() + " " + each.where(), each));
    for (RouteRule rule : policy.routes()) {
      route(json.addObject(), rule, lived.get(rule.path() + " " + rule.name()));
    }
  }

  private void route(ObjectNode json, RouteRule rule, @Nullable RouteLive live) {
    json.put("path", rule.path()).put("at", rule.name());
    rule.hosts().forEach(json.putArray("hosts")::add);
    rule.methods().stream().sorted().forEach(json.putArray("methods")::add);
    RouteWords.of(rule.options(), source).forEach(json.putArray("does")::add);
    Count requests = live == null ? Count.NONE : live.requests();
    count(json, requests);
    json.put("limited", live == null ? 0 : live.limited());
    json.put("denied", live == null ? 0 : live.denied());
    json.put("by_edge", live == null ? 0 : live.byEdge());
  }

  private void cache(ObjectNode json, EdgeLive live) {
    CacheStats stats = edge.cache().stats();
    json.put("entries", stats.entries()).put("bytes", stats.bytes());
    json.put("budget_bytes", stats.budget()).put("disk_entries", stats.diskEntries());
    json.put("disk_bytes", stats.diskBytes()).put("disk_budget_bytes", stats.diskBudget());
    json.put("hits", stats.hits()).put("misses", stats.misses());
    json.put("stored", stats.stored()).put("evicted", stats.evicted());
    Count hits = live.of(AnsweredBy.CACHE);
    json.put("hits_rps", round(hits.perSecond()));
    json.put("misses_rps", round(live.misses().perSecond()));
    long all = stats.hits() + stats.misses();
    json.put("hit_ratio", all == 0 ? null : (Double) ((double) stats.hits() / all));
  }

  private void certificate(ObjectNode json, Served served) {
    served.hosts().forEach(json.putArray("hosts")::add);
    json.put("origin", served.origin().name().toLowerCase(Locale.ROOT));
    json.put("issuer", served.issuer().orElse(null));
    json.put("not_after", served.notAfter().map(Instant::toString).orElse(null));
    served
        .notAfter()
        .ifPresent(end -> json.put("days_left", Duration.between(clock.now(), end).toDays()));
  }

  private static Count sum(Count a, Count b) {
    return new Count(a.total() + b.total(), a.perSecond() + b.perSecond());
  }

  private static void count(ObjectNode json, Count count) {
    json.put("requests", count.total()).put("rps", round(count.perSecond()));
  }

  private static double round(double perSecond) {
    return Math.round(perSecond * 1000) / 1000.0;
  }

  /** {@code rate_limit}. */
  static String word(AnsweredBy by) {
    return by.name().toLowerCase(Locale.ROOT);
  }
}
