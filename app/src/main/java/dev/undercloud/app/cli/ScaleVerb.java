package dev.undercloud.app.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.ProcessSpec;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code undercloud scale web=4}: how many replicas run, until it is said anew. */
@Command(name = "scale", description = "Change how many replicas run: undercloud scale web=4")
final class ScaleVerb extends Act implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "PROCESS=N", description = "process type and how many")
  List<String> counts = List.of();

  ScaleVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    ObjectNode processes = Json.object();
    for (String count : counts) {
      String[] parts = count.split("=", 2);
      if (parts.length != 2 || !parts[1].matches("\\d{1,4}")) {
        throw CloudException.user(
            "bad-argument",
            "`" + count + "` does not say how many of what",
            "the form is PROCESS=N with N from 0 to " + ProcessSpec.MOST_REPLICAS,
            "For example: undercloud scale web=4");
      }
      processes.put(parts[0], Integer.parseInt(parts[1]));
    }
    return perform("scale", Json.object().set("processes", processes));
  }
}
