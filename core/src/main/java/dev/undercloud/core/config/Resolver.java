package dev.undercloud.core.config;

import dev.undercloud.core.error.CloudException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads the files people have and says what they add up to. Precedence: command line, our own file,
 * Procfile, detection; {@code .env} gives the environment below our own file. Blocking, reads files
 * only, runs nothing of the project; safe for any thread.
 */
public final class Resolver {
  private final PythonScanner scanner;

  public Resolver(PythonScanner scanner) {
    this.scanner = scanner;
  }

  /**
   * What the project in a folder adds up to.
   *
   * @throws ConfigException with every mistake in its files
   * @throws CloudException when there is no such folder
   */
  public Resolution resolve(Path directory, CliOverrides overrides) {
    Errors errors = new Errors();
    Optional<Resolution> resolution = assemble(directory, overrides, errors);
    errors.throwIfAny();
    return resolution.orElseThrow(() -> new IllegalStateException("no resolution and no error"));
  }

  /** Every mistake in the project's files, by file and line; none if {@link #resolve} works. */
  public List<ConfigError> check(Path directory) {
    Errors errors = new Errors();
    assemble(directory, CliOverrides.NONE, errors);
    return errors.list();
  }

  /** As {@link #check}, with what will work but probably not as meant. */
  public Checked examine(Path directory) {
    Errors errors = new Errors();
    Optional<Resolution> resolution = assemble(directory, CliOverrides.NONE, errors);
    return new Checked(errors.list(), resolution);
  }

  /**
   * @param errors by file and line
   * @param resolution empty where there are any
   */
  public record Checked(List<ConfigError> errors, Optional<Resolution> resolution) {
    /** A sentence each; none where there are errors. */
    public List<String> warnings() {
      return resolution.map(Resolution::warnings).orElse(List.of());
    }
  }

  private Optional<Resolution> assemble(Path directory, CliOverrides cli, Errors errors) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      throw CloudException.user(
          "no-project",
          "No project in " + absolute,
          Files.exists(absolute) ? "it is not a folder" : "there is no such folder",
          "Name the folder that holds your app");
    }
    Project project = Project.read(absolute, scanner, cli, errors);
    return new Assembly(project, cli, errors).assemble();
  }
}
