package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.Waterfall;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code undercloud why ID}: one request through all its stages, and what it means. */
@Command(name = "why", description = "Where the time of one request went, and what that means.")
final class WhyVerb implements Callable<Integer> {
  private final Context context;
  @Mixin Target target = new Target();

  @Parameters(paramLabel = "REQUEST-ID", description = "as in the X-Request-Id of its response")
  String id = "";

  @Option(names = "--json", description = "as JSON")
  boolean json;

  WhyVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    JsonNode why = Stored.of(context, target).why(id);
    if (json) {
      context.terminal().lines(Json.pretty(why));
    } else {
      new Waterfall(context.terminal()).print(why);
    }
    return 0;
  }
}
