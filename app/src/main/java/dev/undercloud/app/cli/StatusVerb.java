package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.StatusText;
import dev.undercloud.core.error.CloudException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code undercloud status}: every running app with its replicas and how they do. */
@Command(name = "status", description = "Apps and replicas: health, traffic, latency, CPU, memory.")
final class StatusVerb implements Callable<Integer> {
  private final Context context;
  @Mixin Target target = new Target();

  @Option(names = "--json", description = "as JSON")
  boolean json;

  StatusVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ObjectNode all = collect(context, target);
    if (json) {
      context.terminal().lines(Json.pretty(all));
    } else {
      new StatusText(context.terminal()).print(all);
    }
    return 0;
  }

  /** The status of every running app or the one named; {@code admin} is that of the app meant. */
  static ObjectNode collect(Context context, Target target) {
    List<Target.Running> running = target.asked(context);
    ObjectNode all = Json.object();
    var apps = all.putArray("apps");
    Target.Running meant =
        target.pick(context, running).orElse(running.isEmpty() ? null : running.getFirst());
    for (Target.Running one : running) {
      try {
        JsonNode status = one.client().call("status", Json.object(), line -> {});
        apps.addAll((com.fasterxml.jackson.databind.node.ArrayNode) status.path("apps"));
        if (one == meant) {
          status.properties().stream()
              .filter(field -> !field.getKey().equals("apps"))
              .forEach(field -> all.set(field.getKey(), field.getValue()));
        }
      } catch (CloudException endedMeanwhile) {
        // It ended between our look and our question: not running is what there is to say.
      }
    }
    return all;
  }
}
