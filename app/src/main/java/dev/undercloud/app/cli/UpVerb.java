package dev.undercloud.app.cli;

import dev.undercloud.app.render.ConfigText;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.up.Project;
import dev.undercloud.app.up.Up;
import dev.undercloud.app.up.UpOptions;
import dev.undercloud.core.config.Resolution;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code undercloud up}: builds, starts and serves a project until it is told to end. */
@Command(name = "up", description = "Build, start and serve a project; Ctrl-C drains and ends it.")
final class UpVerb implements Callable<Integer> {
  private final Context context;

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "the project; default: this folder")
  @Nullable Path directory;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "where the app is served; default: the first free one from 8080")
  int port;

  @Option(
      names = "--https-port",
      paramLabel = "N",
      description = "where it is served encrypted; default: the first free one from 8443")
  int httpsPort;

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description = "where the console is; default: the first free one from 9090")
  int adminPort;

  @Option(names = "--watch", description = "deploy when a file of the project changes")
  boolean watch;

  @Option(names = "--dry-run", description = "say what would be run and why, and end")
  boolean dryRun;

  @Option(names = "--json", description = "with --dry-run: as JSON")
  boolean json;

  UpVerb(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Project project = new Project(context.environment());
    Path folder = context.in(directory);
    if (!dryRun) {
      UpOptions options = new UpOptions(folder, port, httpsPort, adminPort, watch);
      return new Up(context.environment(), context.home(), context.terminal(), project, options)
          .run();
    }
    Resolution resolution = Warned.of(project.resolve(folder), context);
    ConfigText text = new ConfigText(context.terminal());
    if (json) {
      context.terminal().lines(Json.pretty(ConfigText.json(resolution)));
    } else {
      text.findings(resolution);
      text.commands(resolution);
    }
    return 0;
  }
}
