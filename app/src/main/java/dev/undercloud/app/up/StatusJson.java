package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.control.AppStatus;
import dev.undercloud.observe.ObserveState;
import dev.undercloud.observe.live.AppLive;
import dev.undercloud.observe.live.Rates;
import dev.undercloud.observe.live.ReplicaLive;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The status document: what control wants and sees, beside what observe counts. */
final class StatusJson {
  private StatusJson() {}

  /**
   * @param url where the app is served
   * @param https where it is served encrypted
   */
  static ObjectNode app(AppStatus status, AppLive live, String url, String https) {
    ObjectNode json = Json.object();
    json.put("name", status.name()).put("url", url).put("https", https);
    json.put("directory", String.valueOf(status.directory()));
    json.put("release", status.release()).put("next_release", status.next());
    json.put("state", status.state().word()).put("why", status.why());
    rates(json, live.last10());
    json.put("requests", live.count()).put("in_flight", live.inFlight());
    ArrayNode hosts = json.putArray("hosts");
    status.hosts().forEach(hosts::add);
    Map<String, ReplicaLive> served = new HashMap<>();
    live.replicas().forEach(replica -> served.put(replica.upstreamId(), replica));
    ArrayNode replicas = json.putArray("replicas");
    for (AppStatus.ReplicaStatus replica : status.replicas()) {
      replicas.add(replica(replica, served.get(replica.id())));
    }
    return json;
  }

  private static ObjectNode replica(AppStatus.ReplicaStatus r, @Nullable ReplicaLive live) {
    ObjectNode json = Json.object();
    json.put("name", r.name()).put("id", r.id()).put("pid", r.pid());
    json.put("state", r.state().word());
    json.put("address", r.address() == null ? null : r.address().toString());
    json.put("restarts", r.restarts()).put("release", r.release());
    json.put("started_at", r.startedAt() == null ? null : r.startedAt().toString());
    json.put("cpu", r.cpu()).put("memory_bytes", r.memoryBytes()).put("processes", r.processes());
    json.put("last_exit", r.lastExit()).put("last_miss", r.lastMiss());
    rates(json, live == null ? Rates.NONE : live.last10());
    json.put("in_flight", live == null ? 0 : live.inFlight());
    json.put("requests", live == null ? 0 : live.count());
    long quiet = live == null ? -1 : live.quietSeconds();
    json.put("quiet_seconds", quiet < 0 ? null : (Long) quiet);
    return json;
  }

  /** How telemetry itself is doing: what was lost, and whether the store works. */
  static ObjectNode telemetry(ObserveState state) {
    ObjectNode json = Json.object();
    json.put("exchanges", state.exchanges()).put("exchanges_dropped", state.exchangesDropped());
    json.put("store", state.store().status().label()).put("why", state.store().why());
    json.put("lines", state.lines()).put("lines_dropped", state.linesDropped());
    json.put("dns_queries_dropped", state.queriesDropped());
    return json;
  }

  /**
   * @param address where the DNS server answers
   * @param live its last seconds
   */
  static ObjectNode dns(String address, Rates live, ObserveState state, long limited) {
    ObjectNode json = Json.object().put("address", address);
    json.put("queries", state.queries()).put("rate_limited", limited);
    rates(json, live);
    return json;
  }

  private static void rates(ObjectNode json, Rates rates) {
    json.put("rps", TelemetryJson.round(rates.perSecond()));
    json.put("p50_ms", TelemetryJson.round(rates.p50Millis()));
    json.put("p99_ms", TelemetryJson.round(rates.p99Millis()));
    json.put("error_rate", rates.errorRate());
  }
}
