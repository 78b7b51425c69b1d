package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.local.LocalClient;
import dev.undercloud.app.render.Json;
import java.util.List;
import java.util.function.Consumer;

/** What was seen and said: asked of the Undercloud that runs the app. */
final class Stored {
  private final List<Target.Running> running;

  private Stored(List<Target.Running> running) {
    this.running = running;
  }

  static Stored of(Context context, Target target) {
    return new Stored(List.of(target.one(context)));
  }

  void logs(ObjectNode arguments, boolean follow, Consumer<JsonNode> print) {
    client()
        .call(
            "logs",
            arguments.put("follow", follow),
            line -> {
              if (line.has("item")) {
                print.accept(line.path("item"));
              }
            });
  }

  JsonNode requests(ObjectNode arguments) {
    return client().call("requests", arguments, line -> {});
  }

  JsonNode why(String id) {
    return client().call("why", Json.object().put("id", id), line -> {});
  }

  private LocalClient client() {
    return running.getFirst().client();
  }
}
