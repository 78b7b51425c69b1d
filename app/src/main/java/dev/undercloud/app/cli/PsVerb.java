package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.StatusText;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code undercloud ps}: one line a replica. */
@Command(name = "ps", description = "Replicas: process id, state, address, restarts.")
final class PsVerb implements Callable<Integer> {
  private final Context context;
  @Mixin Target target = new Target();

  @Option(names = "--json", description = "as JSON: an array of replicas")
  boolean json;

  PsVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ObjectNode all = StatusVerb.collect(context, target);
    if (json) {
      var replicas = Json.array();
      all.path("apps")
          .forEach(app ->
              app.path("replicas")
                  .forEach(replica ->
                      replicas.add(((ObjectNode) replica).put("app", app.path("name").asText()))));
      context.terminal().lines(Json.pretty(replicas));
    } else {
      new StatusText(context.terminal()).processes(all);
    }
    return 0;
  }
}
