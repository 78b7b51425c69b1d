package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.observe.metrics.DnsMetrics;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Lookup;
import dev.undercloud.observe.model.Part;
import dev.undercloud.observe.why.Why;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** What observe knows, as the admin API and {@code --json} have it. */
final class TelemetryJson {
  private TelemetryJson() {}

  static ObjectNode requests(List<Exchange> exchanges) {
    ObjectNode json = Json.object();
    ArrayNode requests = json.putArray("requests");
    exchanges.forEach(exchange -> requests.add(request(exchange)));
    return json;
  }

  /** One request in one line. */
  static ObjectNode request(Exchange e) {
    ObjectNode json = Json.object();
    json.put("request_id", e.requestId()).put("trace_id", e.traceId());
    json.put("time", e.time().toString()).put("app", e.app());
    json.put("method", e.method()).put("path", e.target()).put("host", e.host());
    json.put("status", e.status()).put("total_ms", round(e.millis()));
    json.put("replica", e.replica()).put("release", e.release());
    json.put("outcome", e.outcome().name().toLowerCase(Locale.ROOT)).put("error", e.error());
    json.put("client", e.client()).put("attempts", e.attempts());
    if (e.cache() != CacheUse.NONE) {
      json.put("cache", e.cache().name().toLowerCase(Locale.ROOT));
      json.put("cache_age_seconds", e.cacheAge());
    }
    json.put("request_bytes", e.requestBytes()).put("response_bytes", e.responseBytes());
    if (e.lookup() != null) {
      json.set("dns", lookup(e.lookup()));
    }
    return json;
  }

  /** The first hop of a request: the DNS question that its connection followed. */
  private static ObjectNode lookup(Lookup dns) {
    ObjectNode json = Json.object();
    json.put("time", dns.time().toString()).put("name", dns.name()).put("type", dns.typeText());
    json.put("answer", dns.answer()).put("ttl_seconds", dns.ttl());
    json.put("ms", round(dns.millis())).put("micros", dns.micros());
    json.put("before_ms", round(dns.beforeMillis()));
    json.put("asker", dns.asker()).put("match", dns.how().label());
    return json.put("matched", dns.how().words()).put("again", dns.again());
  }

  static ObjectNode queries(List<DnsQuery> queries) {
    ObjectNode json = Json.object();
    ArrayNode list = json.putArray("queries");
    queries.forEach(query -> list.add(query(query)));
    return json;
  }

  /** One question to the DNS server. */
  private static ObjectNode query(DnsQuery q) {
    ObjectNode json = Json.object();
    json.put("time", Instant.EPOCH.plus(q.epochMicros(), ChronoUnit.MICROS).toString());
    json.put("name", q.name()).put("type", q.type() == 0 ? "-" : RecordType.text(q.type()));
    json.put("client", q.client()).put("transport", q.tcp() ? "tcp" : "udp");
    if (!q.subnet().isEmpty()) {
      json.put("subnet", q.subnet());
    }
    json.put("rcode", DnsMetrics.code(q.rcode())).put("reply", q.reply().label());
    json.put("rate_limited", q.reply().limited());
    json.put("answers", q.answers()).put("answer", q.answer()).put("ttl_seconds", q.ttl());
    return json.put("micros", q.micros());
  }

  static ObjectNode why(Why why) {
    ObjectNode json = request(why.exchange());
    json.put("total_ms", round(why.totalMillis()));
    boolean byEdge = why.exchange().outcome() == Outcome.ANSWERED_BY_EDGE;
    ArrayNode stages = json.putArray("stages");
    for (Part part : why.parts()) {
      stages
          .addObject()
          .put("name", byEdge ? part.nameWithoutReplica() : part.name())
          .put("start_ms", round(part.startMillis()))
          .put("ms", round(part.millis()));
    }
    why.usualMillis().ifPresent(usual -> json.put("usual_ms", round(usual)));
    json.put("verdict", why.verdict());
    ArrayNode logs = json.putArray("logs");
    why.lines().forEach(line -> logs.add(line(line)));
    return json;
  }

  static ObjectNode line(LogEntry line) {
    ObjectNode json = Json.object();
    json.put("time", line.time().toString());
    json.put("source", line.source().name().toLowerCase(Locale.ROOT));
    json.put("app", line.app()).put("replica", line.replica()).put("request_id", line.requestId());
    json.put("message", line.message()).put("seq", line.seq());
    if (line.correlated() != null) {
      json.put("correlated", line.correlated().label());
    }
    return json;
  }

  /** To the microsecond. */
  static double round(double millis) {
    return Math.round(millis * 1000) / 1000.0;
  }
}
