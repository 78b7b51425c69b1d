package dev.undercloud.app.cli;

import dev.undercloud.app.render.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code undercloud deploy}: returns when the new release serves, or with the reason and the old
 * one untouched.
 */
@Command(
    name = "deploy",
    description = "Publish the project as it is on disk now, without a failed request.")
final class DeployVerb extends Act implements Callable<Integer> {
  DeployVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    return perform("deploy", Json.object());
  }
}
