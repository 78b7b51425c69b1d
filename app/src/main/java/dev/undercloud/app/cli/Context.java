package dev.undercloud.app.cli;

import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.render.Terminal;
import java.nio.file.Path;
import java.util.Map;

/**
 * What every verb is given.
 *
 * @param directory where the user stands
 */
public record Context(
    Map<String, String> environment, StateHome home, Path directory, Terminal terminal) {
  static Context of(Map<String, String> environment) {
    return new Context(
        Map.copyOf(environment),
        StateHome.locate(environment),
        Path.of("").toAbsolutePath().normalize(),
        Terminal.of(environment));
  }
}
