package dev.undercloud.observe.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.observe.live.AppLive;
import dev.undercloud.observe.live.Rates;
import dev.undercloud.observe.live.ReplicaLive;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Part;
import dev.undercloud.observe.why.Why;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers as the command line's {@code --json} and the console's API have them. */
public final class JsonForms {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private JsonForms() {}

  /** {@code why ID --json}. */
  public static ObjectNode of(Why why) {
    Exchange e = why.exchange();
    ObjectNode node = JSON.objectNode();
    node.put("request_id", e.requestId());
    node.put("trace_id", e.traceId());
    node.put("time", e.time().toString());
    node.put("method", e.method());
    node.put("path", e.target());
    node.put("status", e.status());
    node.put("total_ms", why.totalMillis());
    node.set("stages", stages(why.parts()));
    node.put("verdict", why.verdict());
    if (why.usualMillis().isPresent()) {
      node.put("usual_ms", why.usualMillis().getAsDouble());
    }
    details(e, node);
    ArrayNode lines = node.putArray("logs");
    why.lines().forEach(line -> lines.add(of(line)));
    return node;
  }

  /** One of {@code requests --json}. */
  public static ObjectNode of(Exchange e) {
    ObjectNode node = JSON.objectNode();
    node.put("request_id", e.requestId());
    node.put("trace_id", e.traceId());
    node.put("time", e.time().toString());
    node.put("method", e.method());
    node.put("path", e.target());
    node.put("status", e.status());
    node.put("ms", e.millis());
    node.put("failed", e.failed());
    details(e, node);
    node.set("stages", stages(e.marks().parts()));
    return node;
  }

  private static void details(Exchange e, ObjectNode node) {
    put(node, "app", e.app());
    put(node, "replica", e.replica());
    put(node, "release", e.release());
    node.put("host", e.host());
    node.put("client", e.client());
    node.put("user_agent", e.userAgent());
    node.put("http_version", e.version() / 10 + "." + e.version() % 10);
    node.put("attempts", e.attempts());
    node.put("reused_connection", e.reused());
    node.put("in_flight_before", e.inFlightBefore());
    node.put("request_bytes", e.requestBytes());
    node.put("response_bytes", e.responseBytes());
    node.put("outcome", e.outcome().name().toLowerCase(Locale.ROOT));
    put(node, "error", e.error());
  }

  private static ArrayNode stages(List<Part> parts) {
    ArrayNode all = JSON.arrayNode();
    for (Part part : parts) {
      ObjectNode node = all.addObject();
      node.put("name", part.name());
      node.put("stage", part.stage().label());
      node.put("start_ms", part.startMillis());
      node.put("ms", part.millis());
    }
    return all;
  }

  /** A line of {@code logs --json}. */
  public static ObjectNode of(LogEntry line) {
    ObjectNode node = JSON.objectNode();
    node.put("time", line.time().toString());
    node.put("source", line.source().name().toLowerCase(Locale.ROOT));
    put(node, "app", line.app());
    put(node, "replica", line.replica());
    put(node, "request_id", line.requestId());
    LogEntry.Correlated how = line.correlated();
    if (how != null) {
      node.put("correlated", how.label());
    }
    node.put("message", line.message());
    return node;
  }

  /** An app's last minute; {@code replicas} by name. */
  public static ObjectNode of(AppLive app) {
    ObjectNode node = JSON.objectNode();
    node.put("app", app.app());
    rates(node, app.count(), app.last10(), app.last60(), app.inFlight());
    ArrayNode replicas = node.putArray("replicas");
    for (ReplicaLive r : app.replicas()) {
      ObjectNode replica = replicas.addObject();
      replica.put("replica", r.replica());
      replica.put("id", r.upstreamId());
      rates(replica, r.count(), r.last10(), r.last60(), r.inFlight());
    }
    return node;
  }

  private static void rates(ObjectNode node, long count, Rates last10, Rates last60, int inFlight) {
    node.put("requests", count);
    node.put("in_flight", inFlight);
    node.set("last_10s", of(last10));
    node.set("last_60s", of(last60));
  }

  public static ObjectNode of(Rates rates) {
    ObjectNode node = JSON.objectNode();
    node.put("requests", rates.count());
    node.put("rps", rates.perSecond());
    node.put("error_rate", rates.errorRate());
    node.put("p50_ms", rates.p50Millis());
    node.put("p99_ms", rates.p99Millis());
    return node;
  }

  private static void put(ObjectNode node, String key, @Nullable String value) {
    if (value == null) {
      node.putNull(key);
    } else {
      node.put(key, value);
    }
  }
}
