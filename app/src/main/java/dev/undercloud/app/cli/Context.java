package dev.undercloud.app.cli;

import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.render.Terminal;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every verb is given.
 *
 * @param directory where the user stands
 */
public record Context(
    Map<String, String> environment, StateHome home, Path directory, Terminal terminal) {
  /** {@code directory} as the user named it, or where they stand; absolute. */
  Path in(@Nullable Path named) {
    return named == null ? directory : directory.resolve(named).normalize();
  }

  static Context of(Map<String, String> environment) {
    return new Context(
        Map.copyOf(environment),
        StateHome.locate(environment),
        Path.of("").toAbsolutePath().normalize(),
        Terminal.of(environment));
  }
}
