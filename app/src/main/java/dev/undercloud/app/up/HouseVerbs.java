package dev.undercloud.app.up;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.local.Caller;
import dev.undercloud.app.local.Verb;
import dev.undercloud.app.render.Json;
import dev.undercloud.control.Controller;
import dev.undercloud.control.DeployResult;
import dev.undercloud.control.Progress;
import dev.undercloud.core.config.Resolution;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.policy.Maintenance;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.observe.Observe;
import dev.undercloud.observe.query.LogQuery;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What the command line can ask of a running house. */
final class HouseVerbs {
  /** How often a {@code logs -f} looks whether anybody still reads. */
  private static final Duration FOLLOW_CHECK = Duration.ofMillis(500);

  private final House house;
  private final Controller controller;
  private final Observe observe;
  private final HouseApi api;
  private final Supplier<Resolution> project;
  private final Runnable ending;
  private final Clock clock;
  private final CacheVerbs cache;

  HouseVerbs(House house, String app, Supplier<Resolution> project, Runnable ending) {
    this.house = house;
    controller = house.controller;
    observe = house.observe;
    api = house.api;
    clock = house.clock;
    this.project = project;
    cache = new CacheVerbs(house.cache, app);
    this.ending = ending;
  }

  Map<String, Verb> all() {
    Map<String, Verb> verbs = new HashMap<>(cache.all());
    verbs.putAll(new DnsVerbs(house.dns).all());
    verbs.putAll(own());
    return Map.copyOf(verbs);
  }

  private Map<String, Verb> own() {
    return Map.ofEntries(
        Map.entry("status", (arguments, caller) -> api.status()),
        Map.entry("deploy", this::deploy),
        Map.entry("reload", this::reload),
        Map.entry("maintenance", this::maintenance),
        Map.entry("restart", this::restart),
        Map.entry("scale", this::scale),
        Map.entry("stop", this::stop),
        Map.entry("logs", this::logs),
        Map.entry("dns-queries", (arguments, caller) -> api.queries(Parameters.of(arguments))),
        Map.entry("requests", (arguments, caller) -> api.requests(Parameters.of(arguments))),
        Map.entry("why", this::why));
  }

  private JsonNode deploy(JsonNode arguments, Caller caller) throws InterruptedException {
    DeployResult result = house.deploy(project.get(), tell(caller));
    return Json.object()
        .put("release", result.release())
        .put("changed", result.changed())
        .put("seconds", result.took().toMillis() / 1000.0)
        .put("message", result.sentence());
  }

  private JsonNode reload(JsonNode arguments, Caller caller) throws InterruptedException {
    Resolution files = project.get();
    house.dns.zones().reload();
    house.follow(files);
    house.edge.reloadCertificates();
    return warned(
        message("the rules of " + files.spec().name() + " are in force as its files have them"),
        files);
  }

  /** With what will probably not work as it is meant. */
  private ObjectNode warned(ObjectNode result, Resolution files) {
    ArrayNode warnings = result.putArray("warnings");
    files.warnings().forEach(warnings::add);
    house.notes().forEach(warnings::add);
    return result;
  }

  private JsonNode maintenance(JsonNode arguments, Caller caller) throws InterruptedException {
    Optional<Maintenance> before = house.policies.maintenance();
    if (!arguments.has("on")) {
      return MaintenanceText.state(before);
    }
    if (!arguments.path("on").asBoolean()) {
      house.policies.maintain(Optional.empty());
      return MaintenanceText.opened(before);
    }
    Maintenance wanted = closed(arguments);
    house.policies.maintain(Optional.of(wanted));
    return MaintenanceText.closed(wanted, before);
  }

  private static Maintenance closed(JsonNode arguments) {
    try {
      return MaintenanceFile.of(arguments);
    } catch (IllegalArgumentException bad) {
      throw CloudException.user(
          "bad-argument",
          "the app stays as it is",
          String.valueOf(bad.getMessage()),
          "For example: undercloud maintenance on --except /quizzes*");
    }
  }

  private JsonNode restart(JsonNode arguments, Caller caller) throws InterruptedException {
    controller.restart(tell(caller));
    return message("every replica was replaced");
  }

  private JsonNode scale(JsonNode arguments, Caller caller) throws InterruptedException {
    StringBuilder done = new StringBuilder();
    for (Map.Entry<String, JsonNode> process : arguments.path("processes").properties()) {
      controller.scale(process.getKey(), process.getValue().asInt(), tell(caller));
      done.append(done.isEmpty() ? "" : ", ");
      done.append(process.getKey())
          .append(" runs ")
          .append(process.getValue().asInt())
          .append(" times");
    }
    return message(done.toString());
  }

  private JsonNode stop(JsonNode arguments, Caller caller) throws InterruptedException {
    caller.progress("draining");
    controller.stop(tell(caller));
    ending.run();
    return message("stopped");
  }

  private JsonNode why(JsonNode arguments, Caller caller) {
    String id = arguments.path("id").asText();
    return api.why(id).orElseThrow(() -> unknownRequest(id));
  }

  static CloudException unknownRequest(String id) {
    return CloudException.user(
        "unknown-request",
        "no request " + id + " is known",
        "it was never seen here, or it is older than what is kept",
        "List the latest: undercloud requests");
  }

  private JsonNode logs(JsonNode arguments, Caller caller) throws InterruptedException {
    LogQuery query = new Parameters(Parameters.of(arguments), clock).logs();
    if (!arguments.path("follow").asBoolean()) {
      observe.logLines(query).forEach(line -> caller.item(TelemetryJson.line(line)));
      return Json.object();
    }
    try (Watch.Subscription lines =
        observe.follow(query, line -> caller.item(TelemetryJson.line(line)))) {
      while (!caller.gone()) {
        clock.sleep(FOLLOW_CHECK);
        caller.alive();
      }
    }
    return Json.object();
  }

  private static Progress tell(Caller caller) {
    return (phase, sentence, done, total) ->
        caller.progress(total > 1 ? sentence + " (" + done + " of " + total + ")" : sentence);
  }

  private static ObjectNode message(String text) {
    return Json.object().put("message", text);
  }
}
