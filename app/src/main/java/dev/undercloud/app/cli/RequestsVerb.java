package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.RequestText;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code undercloud requests}: the latest, the slowest or the failed ones. */
@Command(name = "requests", description = "The latest requests, the slow ones, or the failed ones.")
final class RequestsVerb implements Callable<Integer> {
  private final Context context;
  @Mixin Target target = new Target();

  @Option(names = "--slow", description = "the slowest first")
  boolean slow;

  @Option(names = "--errors", description = "only failed ones: 5xx, aborted, timed out")
  boolean errors;

  @Option(
      names = "--path",
      paramLabel = "TEXT",
      description = "only those whose path contains this")
  @Nullable String path;

  @Option(names = "--since", paramLabel = "TIME", description = "only the last 10m, 2h, 7d …")
  @Nullable String since;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "at most this many; default 25",
      defaultValue = "25")
  int limit;

  @Option(names = "--json", description = "as JSON: an array")
  boolean json;

  RequestsVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ObjectNode arguments = Json.object().put("limit", Math.clamp(limit, 1, 10_000));
    if (slow) {
      arguments.put("slow", "1");
    }
    if (errors) {
      arguments.put("errors", "1");
    }
    if (path != null) {
      arguments.put("q", path);
    }
    if (since != null) {
      arguments.put("since", LogsVerb.checked(since));
    }
    JsonNode requests = Stored.of(context, target).requests(arguments).path("requests");
    if (json) {
      context.terminal().lines(Json.pretty(requests));
    } else {
      new RequestText(context.terminal()).list(requests);
    }
    return 0;
  }
}
