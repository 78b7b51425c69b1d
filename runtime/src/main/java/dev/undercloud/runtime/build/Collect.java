package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.Command;
import dev.undercloud.runtime.driver.Confinement;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers an app's static files within its new release, as {@code manage.py collectstatic} does:
 * the one command of a project that a build runs. Never in the user's folder. Blocking.
 */
final class Collect {
  /** Hashing and compressing some thousand files takes a minute. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final int MOST_LINES = 8;

  private final Map<String, String> variables;
  private final @Nullable Confinement confinement;

  /**
   * @param variables the app's, with those of its environment over them
   */
  Collect(Map<String, String> variables, @Nullable Confinement confinement) {
    this.variables = variables;
    this.confinement = confinement;
  }

  /**
   * Runs {@code command} in {@code source}, the release's copy.
   *
   * @param python what the word {@code python} means
   * @throws CloudException with what it said last, when it fails
   */
  void run(Command command, Path python, Path source, Output log) throws IOException {
    List<String> words = new ArrayList<>(command.words());
    if (words.getFirst().equals("python")) {
      words.set(0, python.toString());
    }
    List<String> said = new ArrayList<>();
    Output both =
        line -> {
          log.line(line);
          if (said.size() == MOST_LINES) {
            said.removeFirst();
          }
          said.add(line);
        };
    int code = new BuildProcess(variables, LIMIT, confinement).run(words, source, both);
    if (code != 0) {
      throw CloudException.user(
          "collect-failed",
          "the app's static files could not be collected",
          "`%s` ended with exit code %d%s"
              .formatted(
                  command.text(), code, said.isEmpty() ? "" : ":\n" + String.join("\n", said)),
          "Run it in the project to see the same; variables it needs belong into .env or [env];"
              + " DISABLE_COLLECTSTATIC = \"1\" there deploys without it");
    }
  }
}
