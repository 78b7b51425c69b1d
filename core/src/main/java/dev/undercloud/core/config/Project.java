package dev.undercloud.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the files of a project say, read but not yet put together.
 *
 * @param declared commands by process name, from our own file over the Procfile; release included
 * @param environment variables from our own file and the command line over {@code .env}
 * @param hints variables that only tools of development read
 */
record Project(
    Path directory,
    OwnConfig own,
    Map<String, Sourced<String>> declared,
    Map<String, Sourced<String>> environment,
    Map<String, String> hints,
    Dependencies dependencies,
    PythonVersion python,
    PythonScan scan,
    List<String> warnings) {

  static Project read(Path directory, PythonScanner scanner, CliOverrides cli, Errors errors) {
    ProjectFiles files = new ProjectFiles(directory, errors);
    List<String> warnings = new ArrayList<>();
    Optional<TomlFile> pyproject = TomlFile.read(files, "pyproject.toml", errors);
    Map<String, Sourced<String>> declared =
        new LinkedHashMap<>(
            files.text(Procfile.FILE).map(t -> Procfile.parse(t, errors)).orElseGet(Map::of));
    OwnConfig own =
        OwnConfig.read(
            TomlFile.read(files, OwnConfig.FILE, errors), pyproject, declared.keySet(), errors);
    declared.putAll(own.under("processes"));
    return new Project(
        directory,
        own,
        declared,
        environment(files, own, cli, errors, warnings),
        hints(files),
        new DependencyReader(files, pyproject, errors).read(),
        PythonVersion.read(files, pyproject, errors, warnings),
        scanner.scan(directory),
        warnings);
  }

  private static Map<String, Sourced<String>> environment(
      ProjectFiles files, OwnConfig own, CliOverrides cli, Errors errors, List<String> warnings) {
    Map<String, Sourced<String>> all = new LinkedHashMap<>();
    files.text(".env").ifPresent(text -> all.putAll(Dotenv.parse(".env", text, errors)));
    all.putAll(own.under("env"));
    cli.environment()
        .forEach((name, value) -> all.put(name, Sourced.because(value, Sourced.COMMAND_LINE)));
    for (String injected : List.of("PORT", "SOCKET")) {
      Sourced<String> dropped = all.remove(injected);
      if (dropped != null) {
        warnings.add(
            "%s sets %s, which is ignored: each replica is given its own"
                .formatted(dropped.place(), injected));
      }
    }
    return all;
  }

  /** {@code .flaskenv} is for Flask's development tool; it may name the application object. */
  private static Map<String, String> hints(ProjectFiles files) {
    Map<String, String> found = new LinkedHashMap<>();
    files
        .text(".flaskenv")
        .ifPresent(text ->
            Dotenv.parse(".flaskenv", text, new Errors())
                .forEach((name, value) -> found.put(name, value.value())));
    return found;
  }

  /** The variables as far as they are known now. */
  Map<String, String> variables() {
    Map<String, String> found = new LinkedHashMap<>();
    environment.forEach((name, value) -> found.put(name, value.value()));
    return found;
  }

  Facts facts() {
    Map<String, String> known = new LinkedHashMap<>(hints);
    known.putAll(variables());
    return new Facts(dependencies, scan, known);
  }
}
