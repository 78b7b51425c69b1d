package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.Terminal;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What verbs that change something share: the app they mean, progress, the result. */
abstract class Act {
  final Context context;
  @Mixin Target target = new Target();

  @Option(names = "--json", description = "the result as JSON, without progress")
  boolean json;

  Act(Context context) {
    this.context = context;
  }

  /** Calls the verb, shows progress as it comes, then the result's {@code message}. */
  int perform(String verb, JsonNode arguments) {
    JsonNode result =
        target
            .one(context)
            .client()
            .call(
                verb,
                arguments,
                line -> {
                  if (!json && line.has("progress")) {
                    context
                        .terminal()
                        .line(context.terminal().dim("  " + line.path("progress").asText()));
                  }
                });
    Terminal terminal = context.terminal();
    terminal.lines(json ? Json.pretty(result) : result.path("message").asText());
    if (!json) {
      result
          .path("warnings")
          .forEach(each -> terminal.line(terminal.yellow("warning") + "  " + each.asText()));
    }
    return 0;
  }
}
