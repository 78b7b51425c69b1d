package dev.undercloud.app.cli;

import dev.undercloud.app.render.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code undercloud stop}: in-flight requests finish; returns when nothing is left. */
@Command(name = "stop", description = "Drain and end the app and its Undercloud.")
final class StopVerb extends Act implements Callable<Integer> {
  StopVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    return perform("stop", Json.object());
  }
}
