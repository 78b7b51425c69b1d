package dev.undercloud.app.cli;

import dev.undercloud.app.render.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code undercloud restart}: start new before stop old. */
@Command(
    name = "restart",
    description = "Replace every replica by a new one, without a failed request.")
final class RestartVerb extends Act implements Callable<Integer> {
  RestartVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    return perform("restart", Json.object());
  }
}
