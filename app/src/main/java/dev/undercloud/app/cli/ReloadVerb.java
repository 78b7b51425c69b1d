package dev.undercloud.app.cli;

import dev.undercloud.app.render.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code undercloud reload}: rules, hosts, timeouts and certificates, without a deploy. */
@Command(
    name = "reload",
    description =
        "Follow the app's files anew in all that the edge does: routes, hosts, timeouts, TLS, zones.")
final class ReloadVerb extends Act implements Callable<Integer> {
  ReloadVerb(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    return perform("reload", Json.object());
  }
}
