package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.Durations;
import dev.undercloud.observe.query.DnsFilter;
import dev.undercloud.observe.query.LogQuery;
import dev.undercloud.observe.query.RequestQuery;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Questions as they come from URLs and command lines, made into queries. */
final class Parameters {
  /** A console page; the command line names its own. */
  private static final int USUAL_LIMIT = 200;

  private final Map<String, String> values;
  private final Clock clock;

  Parameters(Map<String, String> values, Clock clock) {
    this.values = values;
    this.clock = clock;
  }

  /** The fields of a JSON object, as text. */
  static Map<String, String> of(JsonNode arguments) {
    Map<String, String> values = new HashMap<>();
    arguments.properties().forEach(field -> values.put(field.getKey(), field.getValue().asText()));
    return values;
  }

  RequestQuery requests() {
    return new RequestQuery(
        text("app"), text("replica"), since(), flag("slow"), flag("errors"), text("q"), limit());
  }

  DnsFilter queries() {
    return new DnsFilter(since(), text("name"), limit());
  }

  LogQuery logs() {
    return LogQuery.everySource(
        text("app"), text("request"), text("replica"), since(), text("grep"), limit());
  }

  private @Nullable String text(String name) {
    String value = values.get(name);
    return value == null || value.isBlank() ? null : value;
  }

  private boolean flag(String name) {
    String value = values.getOrDefault(name, "");
    return value.equals("1") || value.equals("true");
  }

  private int limit() {
    String limit = values.getOrDefault("limit", "");
    return limit.matches("\\d{1,6}") ? Integer.parseInt(limit) : USUAL_LIMIT;
  }

  private @Nullable Instant since() {
    String since = text("since");
    try {
      return since == null ? null : clock.now().minus(Durations.parse(since));
    } catch (IllegalArgumentException e) {
      throw CloudException.user(
          "bad-argument",
          "since=" + since,
          String.valueOf(e.getMessage()),
          "For example: since=10m");
    }
  }
}
