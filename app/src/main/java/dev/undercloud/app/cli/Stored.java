package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.home.AppHome;
import dev.undercloud.app.home.Instance;
import dev.undercloud.app.local.LocalClient;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.up.Past;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What was seen and said: asked of the Undercloud that runs the app, or read from its files where
 * none does: whoever is paged after a crash needs them most.
 */
sealed interface Stored {
  void logs(ObjectNode arguments, boolean follow, Consumer<JsonNode> print);

  JsonNode requests(ObjectNode arguments);

  JsonNode queries(ObjectNode arguments);

  JsonNode why(String id);

  /** Where the answers for the app that is meant come from. */
  static Stored of(Context context, Target target) {
    List<Target.Running> running = Target.running(context);
    Optional<Target.Running> meant = target.pick(context, running);
    if (meant.isPresent()) {
      return new Live(meant.get().client());
    }
    for (AppHome home : context.home().apps()) {
      Optional<Instance> last = Instance.read(home.instance());
      if (last.isPresent() && target.means(context, last.get())) {
        return new Files(new Past(home));
      }
    }
    return new Live(target.one(context).client());
  }

  /** Of a running Undercloud. */
  record Live(LocalClient client) implements Stored {
    @Override
    public void logs(ObjectNode arguments, boolean follow, Consumer<JsonNode> print) {
      client.call(
          "logs",
          arguments.put("follow", follow),
          line -> {
            if (line.has("item")) {
              print.accept(line.path("item"));
            }
          });
    }

    @Override
    public JsonNode requests(ObjectNode arguments) {
      return client.call("requests", arguments, line -> {});
    }

    @Override
    public JsonNode queries(ObjectNode arguments) {
      return client.call("dns-queries", arguments, line -> {});
    }

    @Override
    public JsonNode why(String id) {
      return client.call("why", Json.object().put("id", id), line -> {});
    }
  }

  /** Of an app that is not up. */
  record Files(Past past) implements Stored {
    @Override
    public void logs(ObjectNode arguments, boolean follow, Consumer<JsonNode> print) {
      past.logs(arguments).forEach(print);
    }

    @Override
    public JsonNode requests(ObjectNode arguments) {
      return past.requests(arguments);
    }

    @Override
    public JsonNode queries(ObjectNode arguments) {
      return past.queries(arguments);
    }

    @Override
    public JsonNode why(String id) {
      return past.why(id);
    }
  }
}
