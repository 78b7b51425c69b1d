package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.telemetry.BodyCoding;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.Handling;
import dev.undercloud.observe.model.Tried;
import java.util.Locale;

/** What rules and cache did with a request, for programs; the sentences beside say the same. */
final class HandlingJson {
  private static final int HTTP2 = 20;

  private HandlingJson() {}

  /** Only what there is. */
  static ObjectNode of(Exchange e) {
    Handling h = e.handling();
    ObjectNode json = Json.object();
    json.put("answered_by", EdgeJson.word(h.by())).put("answered_by_text", h.by().label());
    json.put("protocol", protocol(e));
    if (h.tls() != 0) {
      json.put("tls", h.tlsText());
    }
    if (h.route() != null) {
      json.put("route", h.route()).put("route_at", h.where());
    }
    put(json, "rule", h.rule());
    put(json, "rewritten_path", h.rewritten());
    if (h.reason() != CacheReason.NONE) {
      json.put("cache_reason", h.reason().name().toLowerCase(Locale.ROOT));
      json.put("cache_stored", h.stored());
    }
    put(json, "split_to", h.instead() ? e.app() : null);
    put(json, "mirrored_to", h.mirror());
    if (h.copy()) {
      json.put("mirror_copy", true);
    }
    if (h.limitLeft() >= 0) {
      json.put("rate_limit_left", h.limitLeft());
    }
    if (h.coding() != BodyCoding.NONE) {
      json.put("coding", h.coding().name().toLowerCase(Locale.ROOT));
      json.put("coded_bytes", h.sentBytes());
    }
    tried(json, h);
    return json;
  }

  private static void tried(ObjectNode json, Handling h) {
    if (h.tried().isEmpty()) {
      return;
    }
    ArrayNode tried = json.putArray("failed_attempts");
    for (Tried each : h.tried()) {
      tried
          .addObject()
          .put("replica", each.replica())
          .put("how", each.how())
          .put("start_ms", TelemetryJson.round(each.startMillis()))
          .put("ms", TelemetryJson.round(each.millis()));
    }
  }

  private static void put(
      ObjectNode json, String key, @org.jspecify.annotations.Nullable String value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  /** {@code HTTP/1.1}, {@code HTTP/2}. */
  private static String protocol(Exchange e) {
    return e.version() == HTTP2 ? "HTTP/2" : "HTTP/" + e.version() / 10 + "." + e.version() % 10;
  }
}
