package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.admin.Api;
import dev.undercloud.app.render.Json;
import dev.undercloud.control.Controller;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.ObserveState;
import dev.undercloud.observe.live.AppLive;
import dev.undercloud.observe.live.EdgeLive;
import dev.undercloud.observe.query.LogQuery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Answers for the planes of one house. Any thread; blocks. */
final class HouseApi implements Api {
  private static final Duration STATUS_EVERY = Duration.ofSeconds(1);

  private final Controller controller;
  private final Observe observe;
  private final Trend trend;
  private final Listening listening;
  private final String dns;
  private final AppSpec spec;
  private final EdgeJson edge;
  private final Supplier<List<String>> notes;
  private final Clock clock;

  HouseApi(
      Controller controller,
      Observe observe,
      Trend trend,
      Listening listening,
      String dns,
      AppSpec spec,
      EdgeJson edge,
      Supplier<List<String>> notes,
      Clock clock) {
    this.controller = controller;
    this.observe = observe;
    this.trend = trend;
    this.listening = listening;
    this.dns = dns;
    this.spec = spec;
    this.edge = edge;
    this.notes = notes;
    this.clock = clock;
  }

  @Override
  public ObjectNode status() {
    var status = controller.status();
    AppLive live = observe.live().app(status.name());
    ObjectNode json = Json.object();
    ArrayNode apps = json.putArray("apps");
    EdgeLive handled = observe.live().edge(status.name());
    ObjectNode app = StatusJson.app(status, live, listening.url(spec), listening.secure(spec));
    edge.app(app, handled);
    notes.get().forEach(app.putArray("notes")::add);
    apps.add(app);
    json.set("edge", edge.edge(handled, observe.live().edge("")));
    json.putObject("admin").put("url", listening.admin());
    ObserveState state = observe.state();
    json.set(
        "dns", StatusJson.dns(dns, observe.live().questions(), state, observe.queriesLimited()));
    json.set("telemetry", StatusJson.telemetry(state));
    return json;
  }

  @Override
  public ObjectNode requests(Map<String, String> parameters) {
    return TelemetryJson.requests(observe.requests(new Parameters(parameters, clock).requests()));
  }

  @Override
  public ObjectNode queries(Map<String, String> parameters) {
    return TelemetryJson.queries(observe.queries(new Parameters(parameters, clock).queries()));
  }

  @Override
  public Optional<ObjectNode> why(String requestId) {
    return observe.why(requestId).map(TelemetryJson::why);
  }

  @Override
  public ObjectNode logs(Map<String, String> parameters) {
    ObjectNode json = Json.object();
    ArrayNode lines = json.putArray("lines");
    observe
        .logLines(new Parameters(parameters, clock).logs())
        .forEach(line -> lines.add(TelemetryJson.line(line)));
    return json;
  }

  @Override
  public ObjectNode history(Map<String, String> parameters) {
    return trend.json();
  }

  @Override
  public String metrics() {
    return observe.metrics();
  }

  @Override
  public AutoCloseable live(BiConsumer<String, JsonNode> events) {
    Watch.Subscription exchanges =
        observe.live().subscribe(e -> events.accept("exchange", TelemetryJson.request(e)));
    Watch.Subscription logs =
        observe.follow(LogQuery.latest(1), line -> events.accept("log", TelemetryJson.line(line)));
    Thread status = Thread.ofVirtual().name("live-status").start(() -> tellStatus(events));
    return () -> {
      status.interrupt();
      exchanges.close();
      logs.close();
    };
  }

  private void tellStatus(BiConsumer<String, JsonNode> events) {
    try {
      while (true) {
        events.accept("status", status());
        clock.sleep(STATUS_EVERY);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
