package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.LogText;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.unit.Durations;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code undercloud logs}: what app, edge, control and build said. */
@Command(name = "logs", description = "What the app and the layers around it said.")
final class LogsVerb implements Callable<Integer> {
  private final Context context;
  @Mixin Target target = new Target();

  @Option(
      names = {"-f", "--follow"},
      description = "go on as lines come")
  boolean follow;

  @Option(names = "--request", paramLabel = "ID", description = "only what belongs to this request")
  @Nullable String request;

  @Option(names = "--replica", paramLabel = "N", description = "only of this replica: web.1, or 1")
  @Nullable String replica;

  @Option(names = "--since", paramLabel = "TIME", description = "only the last 10m, 2h, 7d …")
  @Nullable String since;

  @Option(names = "--grep", paramLabel = "TEXT", description = "only lines that contain this")
  @Nullable String grep;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "at most this many, the newest; default 200",
      defaultValue = "200")
  int limit;

  @Option(names = "--json", description = "a JSON object a line")
  boolean json;

  LogsVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    LogText text = new LogText(context.terminal());
    Consumer<JsonNode> print =
        line -> {
          context.terminal().line(json ? line.toString() : text.line(line));
          if (context.terminal().broken()) {
            System.exit(0); // As SIGPIPE ends others: `logs -f | head` must not follow for ever.
          }
        };
    Stored.of(context, target).logs(arguments(), follow, print);
    return 0;
  }

  private ObjectNode arguments() {
    if (limit < 1 || limit > 100_000) {
      throw CloudException.user(
          "bad-argument", "--limit " + limit, "it goes from 1 to 100000", "Choose another limit.");
    }
    ObjectNode arguments = Json.object().put("limit", limit);
    put(arguments, "request", request);
    put(
        arguments,
        "replica",
        replica == null || replica.contains(".") ? replica : "web." + replica);
    put(arguments, "grep", grep);
    put(arguments, "since", since == null ? null : checked(since));
    return arguments;
  }

  private static void put(ObjectNode arguments, String name, @Nullable String value) {
    if (value != null) {
      arguments.put(name, value);
    }
  }

  /** {@code since}, when it is a duration; an error that says so when it is not. */
  static String checked(String since) {
    try {
      Durations.parse(since);
      return since;
    } catch (IllegalArgumentException e) {
      throw CloudException.user(
          "bad-argument",
          "--since " + since,
          String.valueOf(e.getMessage()),
          "For example: --since 10m");
    }
  }
}
