package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.unit.Durations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code undercloud maintenance [on|off]}: closes an app to the public, or says whether it is. */
@Command(
    name = "maintenance",
    description = "Answer 503 with a page and Retry-After instead of the app, until told off.")
final class MaintenanceVerb extends Act implements Callable<Integer> {
  private enum Switch {
    on,
    off
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "on|off",
      description = "close or open the app; without: say which it is")
  @Nullable Switch wanted;

  @Option(
      names = "--except",
      paramLabel = "PATTERN",
      description = "a path that stays open, a final * for all that begins so; repeatable")
  List<String> except = List.of();

  @Option(
      names = "--allow",
      paramLabel = "CIDR",
      description = "an address or block that gets in; repeatable")
  List<String> allow = List.of();

  @Option(names = "--page", paramLabel = "FILE", description = "an HTML page of your own")
  @Nullable Path page;

  @Option(
      names = "--retry-after",
      paramLabel = "TIME",
      description = "when clients may come back; default: 1m")
  @Nullable String retryAfter;

  MaintenanceVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    ObjectNode arguments = Json.object();
    boolean options = !except.isEmpty() || !allow.isEmpty() || page != null || retryAfter != null;
    if (wanted != Switch.on && options) {
      throw CloudException.user(
          "bad-argument",
          "the app stays as it is",
          "--except, --allow, --page and --retry-after say how it is closed, with `on`",
          "For example: undercloud maintenance on --except /quizzes*");
    }
    if (wanted == null) {
      return perform("maintenance", arguments);
    }
    arguments.put("on", wanted == Switch.on);
    add(arguments.putArray("except"), except);
    add(arguments.putArray("allow"), allow);
    if (page != null) {
      arguments.put("page", readable(context.in(page)).toString());
    }
    if (retryAfter != null) {
      arguments.put("retry_after", seconds(retryAfter));
    }
    return perform("maintenance", arguments);
  }

  private static void add(ArrayNode to, List<String> texts) {
    texts.forEach(to::add);
  }

  private static Path readable(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw CloudException.user(
          "no-such-file", "there is no page " + file, "it cannot be read", "Name an HTML file.");
    }
    return file;
  }

  private static long seconds(String text) {
    try {
      return Durations.parse(text).toSeconds();
    } catch (IllegalArgumentException bad) {
      throw CloudException.user(
          "bad-argument",
          "--retry-after " + text + " is no duration",
          String.valueOf(bad.getMessage()),
          "For example: --retry-after 5m");
    }
  }
}
