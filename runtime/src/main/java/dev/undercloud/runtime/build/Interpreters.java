package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Pythons of this machine, and which one a project gets: the first that has the version asked
 * for and that the user of the replicas can reach. Looks at {@code $UNDERCLOUD_PYTHON}, PATH, the
 * usual folders, pyenv's versions and uv's, in this order; shims are passed over for what they lead
 * to. Blocking, one thread.
 */
final class Interpreters {
  /** Names the interpreter to use, whatever the project asks for. */
  static final String VARIABLE = "UNDERCLOUD_PYTHON";

  private static final Duration UV_LIMIT = Duration.ofSeconds(10);
  private static final String INSTALL =
      "Install one (Debian and Ubuntu: apt-get install python3 python3-venv; anywhere: uv python"
          + " install), or set "
          + VARIABLE
          + " to its path";

  private final Map<String, String> environment;
  private final InterpreterProbe probe;
  private final Access access;
  private final List<Path> usual;

  /**
   * @param usual folders looked into after PATH; {@link Tuning#USUAL_PYTHONS} but in tests
   */
  Interpreters(
      Map<String, String> environment, InterpreterProbe probe, Access access, List<Path> usual) {
    this.environment = environment;
    this.probe = probe;
    this.access = access;
    this.usual = List.copyOf(usual);
  }

  /**
   * The interpreter for a project that asks for {@code wanted}.
   *
   * @throws CloudException when there is none
   */
  Interpreter choose(Wanted wanted, Output log) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isBlank()) {
      return named(named, wanted, log);
    }
    List<Interpreter> seen = new ArrayList<>();
    for (Path candidate : candidates(wanted.version())) {
      Optional<Interpreter> found = probe.ask(candidate);
      if (found.isPresent() && wanted.fits(found.get()) && reaches(found.get())) {
        return found.get();
      }
      found.ifPresent(seen::add);
    }
    if (!wanted.equals(Wanted.ANY)) {
      uv(wanted.words()).flatMap(probe::ask).ifPresent(seen::add);
    }
    return second(seen, wanted, log);
  }

  /** Every interpreter of this machine that can be found: one of them may have a pip. */
  Stream<Interpreter> all() {
    return candidates(null).stream().map(probe::ask).flatMap(Optional::stream).distinct();
  }

  boolean reaches(Interpreter python) {
    return access.reaches(python.path()) && access.reaches(python.library().resolve("os.py"));
  }

  private Interpreter named(String path, Wanted wanted, Output log) {
    Interpreter python =
        probe
            .ask(path.contains("/") ? Path.of(path) : onPath(path))
            .orElseThrow(() ->
                CloudException.user(
                    "no-python",
                    VARIABLE + " names no Python",
                    path + " does not exist or does not run",
                    "Set it to the path of a Python interpreter, or unset it"));
    if (!wanted.near(python)) {
      log.line(
          "Python "
              + python.version()
              + " because "
              + VARIABLE
              + " says so; the project asks for "
              + wanted.words());
    }
    return python;
  }

  private Path onPath(String name) {
    return Executables.find(name, environment).orElse(Path.of(name));
  }

  /** What is left when no interpreter is exactly right: say what is lost, or that none will do. */
  private Interpreter second(List<Interpreter> seen, Wanted wanted, Output log) {
    Interpreter best =
        seen.stream()
            .filter(python -> wanted.near(python))
            .max(
                Comparator.comparingInt(
                    python -> (reaches(python) ? 2 : 0) + (wanted.fits(python) ? 1 : 0)))
            .orElseThrow(() -> none(seen, wanted));
    if (!wanted.fits(best)) {
      log.line(
          "Python "
              + best.version()
              + " in place of "
              + wanted.words()
              + ", which is not installed");
    }
    if (!reaches(best)) {
      log.line(
          best.path()
              + " lies in a folder that only its owner may enter: replicas cannot run as a user of"
              + " their own");
    }
    return best;
  }

  private static CloudException none(List<Interpreter> seen, Wanted wanted) {
    if (seen.isEmpty()) {
      return CloudException.resource(
          "no-python", "this app needs Python", "no Python 3 was found on this machine", INSTALL);
    }
    String versions =
        seen.stream().map(Interpreter::version).distinct().collect(Collectors.joining(", "));
    return CloudException.resource(
        "python-version",
        "this app needs Python " + wanted.words(),
        "this machine has " + versions,
        "Install it (Debian and Ubuntu: apt-get install python%s python%s-venv; anywhere: uv python install %s), or change what the project asks for"
            .formatted(wanted.example(), wanted.example(), wanted.example()));
  }

  private SequencedSet<Path> candidates(@Nullable String wanted) {
    List<String> names = new ArrayList<>(List.of("python3", "python"));
    if (wanted != null) {
      names.addFirst("python" + Interpreter.minor(wanted));
    }
    List<Path> folders = new ArrayList<>(Executables.path(environment));
    folders.addAll(usual);
    SequencedSet<Path> files = new LinkedHashSet<>();
    for (Path folder : folders) {
      boolean shims = folder.endsWith(Path.of("shims"));
      for (String name : shims ? List.<String>of() : names) {
        files.add(folder.resolve(name));
      }
      if (shims) {
        files.addAll(pyenv(folder));
      }
    }
    usual.forEach(folder -> files.addAll(numbered(folder)));
    String home = environment.getOrDefault("HOME", "/nonexistent");
    Path root = Path.of(environment.getOrDefault("PYENV_ROOT", home + "/.pyenv"));
    files.addAll(pyenv(root.resolve("shims")));
    return files;
  }

  /** {@code python3.12} and the like, beside the default one; newest first. */
  private static List<Path> numbered(Path folder) {
    return list(folder, "python3.*").stream()
        .filter(path -> name(path).matches("python3\\.\\d+"))
        .sorted(
            Comparator.comparingInt((Path path) -> Integer.parseInt(name(path).substring(8)))
                .reversed())
        .toList();
  }

  /** What pyenv's shims lead to: the versions it has chosen for all, then the others. */
  private static List<Path> pyenv(Path shims) {
    Path root = Trees.parent(shims);
    List<Path> found = new ArrayList<>();
    try {
      for (String version : Files.readAllLines(root.resolve("version"))) {
        found.add(root.resolve("versions/" + version.strip() + "/bin/python3"));
      }
    } catch (IOException none) {
      // No version is chosen for all.
    }
    list(root.resolve("versions"), "3.*").stream()
        .sorted(Comparator.comparing(Interpreters::sortable).reversed())
        .forEach(version -> found.add(version.resolve("bin/python3")));
    return found;
  }

  private static String sortable(Path version) {
    return Stream.of(name(version).split("\\D+"))
        .map(part -> "0".repeat(Math.max(0, 6 - part.length())) + part)
        .collect(Collectors.joining("."));
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static List<Path> list(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
      files.forEach(found::add);
    } catch (IOException absent) {
      return List.of();
    }
    return found;
  }

  private Optional<Path> uv(String wanted) {
    Optional<Path> uv = Executables.find("uv", environment);
    if (uv.isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    try {
      Map<String, String> build = BuildVariables.forBuild(environment);
      List<String> command = List.of(uv.get().toString(), "python", "find", "--no-project", wanted);
      int code = new BuildProcess(build, UV_LIMIT).run(command, Path.of("/"), lines::add);
      return code == 0 && !lines.isEmpty()
          ? Optional.of(Path.of(lines.getLast()))
          : Optional.empty();
    } catch (IOException | CloudException broken) {
      return Optional.empty();
    }
  }
}
