package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.home.AppHome;
import dev.undercloud.core.time.Clock;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.Offline;
import java.util.ArrayList;
import java.util.List;

/** What is stored of an app that is not up. Changes nothing on disk; blocking. */
public final class Past {
  private final AppHome home;
  private final Clock clock = Clock.system();

  public Past(AppHome home) {
    this.home = home;
  }

  /** Oldest first. */
  public List<JsonNode> logs(JsonNode arguments) {
    try (Offline past = open()) {
      List<JsonNode> lines = new ArrayList<>();
      past.logLines(parameters(arguments).logs())
          .forEach(line -> lines.add(TelemetryJson.line(line)));
      return lines;
    }
  }

  public JsonNode requests(JsonNode arguments) {
    try (Offline past = open()) {
      return TelemetryJson.requests(past.requests(parameters(arguments).requests()));
    }
  }

  public JsonNode queries(JsonNode arguments) {
    try (Offline past = open()) {
      return TelemetryJson.queries(past.queries(parameters(arguments).queries()));
    }
  }

  /** One request explained. */
  public JsonNode why(String id) {
    try (Offline past = open()) {
      return past.why(id).map(TelemetryJson::why).orElseThrow(() -> HouseVerbs.unknownRequest(id));
    }
  }

  private Offline open() {
    return Observe.openReadOnly(home.telemetry(), clock);
  }

  private Parameters parameters(JsonNode arguments) {
    return new Parameters(Parameters.of(arguments), clock);
  }
}
