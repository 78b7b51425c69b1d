package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.driver.Output;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a virtual environment and fills it: with uv where it is on PATH, else with venv and a pip,
 * of which a machine may have none, one, or one that belongs to another Python. Blocking.
 */
final class PackageInstaller {
  /** Lines of output kept to explain a failure. */
  private static final int KEPT_LINES = 2000;

  private final Map<String, String> environment;
  private final Interpreters interpreters;
  private final Tuning tuning;

  PackageInstaller(Map<String, String> environment, Interpreters interpreters, Tuning tuning) {
    this.environment = BuildVariables.forBuild(environment);
    this.interpreters = interpreters;
    this.tuning = tuning;
  }

  /**
   * Builds the environment at {@code target}, where nothing is yet.
   *
   * @param variables that requirement files may name, beyond the host's
   * @throws CloudException when it fails; {@code target} is then in no particular state
   */
  void install(
      Path target,
      Interpreter python,
      Dependencies wanted,
      Map<String, String> variables,
      Output log)
      throws IOException {
    Optional<Path> uv = Executables.find("uv", environment);
    Run run = new Run(target, new HashMap<>(environment), log);
    run.variables.putAll(variables);
    if (wanted.isEmpty()) {
      empty(run, python);
    } else if (uv.isPresent()) {
      log.line("installing with uv into Python " + python.version());
      String program = uv.get().toString();
      String path = python.path().toString();
      run.command(
          Trees.parent(target),
          program,
          "venv",
          "--quiet",
          "--no-project",
          "--python",
          path,
          target.toString());
      fill(run, List.of(program, "pip", "install", "--python", run.python()), wanted);
    } else {
      log.line("installing with pip into Python " + python.version());
      fill(run, pip(run, python), wanted);
    }
  }

  /** Nothing to install needs neither a pip nor a package index: done in a tenth of a second. */
  private void empty(Run run, Interpreter python) throws IOException {
    if (python.venv()) {
      run.command(
          Path.of("/"),
          python.path().toString(),
          "-I",
          "-m",
          "venv",
          "--without-pip",
          run.target.toString());
      return;
    }
    Path bin = Files.createDirectories(run.target.resolve("bin"));
    for (String name : List.of("python", "python3")) {
      Files.createSymbolicLink(bin.resolve(name), python.path());
    }
  }

  private static void fill(Run run, List<String> install, Dependencies wanted) throws IOException {
    // By a name that is known: what a killed build leaves, the next one removes.
    Path work = run.target.resolveSibling(run.target.getFileName() + ".work");
    Trees.delete(work);
    Trees.setMode(Files.createDirectories(work), "rwx------");
    try {
      Requirements requirements = wanted.requirements();
      requirements.copyTo(work);
      List<String> command = new ArrayList<>(install);
      requirements.named().forEach(file -> command.addAll(List.of("-r", file.toString())));
      // pip wants a hash of every requirement or of none: what we add is installed by itself then.
      if (requirements.hashed() && !wanted.packages().isEmpty()) {
        run.command(work, command.toArray(String[]::new));
        command.subList(install.size(), command.size()).clear();
      }
      command.addAll(wanted.packages());
      run.command(work, command.toArray(String[]::new));
    } finally {
      Trees.delete(work);
    }
  }

  /** Makes the environment and finds a pip that installs into it; the command up to "install". */
  private List<String> pip(Run run, Interpreter python) throws IOException {
    String own = python.path().toString();
    String target = run.target.toString();
    if (!python.venv()) {
      return virtualenv(run, python).orElseThrow(() -> noPip(python));
    }
    Optional<Interpreter> other = Optional.of(python).filter(Interpreter::installsForOthers);
    if (other.isEmpty() && python.ensurepip()) {
      run.command(Path.of("/"), own, "-I", "-m", "venv", target);
      return List.of(run.python(), "-I", "-m", "pip", "install");
    }
    other = other.or(() -> interpreters.all().filter(Interpreter::installsForOthers).findFirst());
    if (other.isPresent()) {
      run.command(Path.of("/"), own, "-I", "-m", "venv", "--without-pip", target);
      String pip = other.get().path().toString();
      return List.of(pip, "-I", "-m", "pip", "--python", run.python(), "install");
    }
    Optional<Path> wheel = pipWheel();
    if (wheel.isPresent()) {
      run.command(Path.of("/"), own, "-I", "-m", "venv", "--without-pip", target);
      return List.of(run.python(), wheel.get().resolve("pip").toString(), "install");
    }
    return virtualenv(run, python).orElseThrow(() -> noPip(python));
  }

  private Optional<List<String>> virtualenv(Run run, Interpreter python) throws IOException {
    Optional<Path> program = Executables.find("virtualenv", environment);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    String path = python.path().toString();
    run.command(Path.of("/"), program.get().toString(), "-p", path, run.target.toString());
    return Optional.of(List.of(run.python(), "-I", "-m", "pip", "install"));
  }

  private Optional<Path> pipWheel() {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(tuning.wheels(), "pip-*.whl")) {
      for (Path wheel : found) {
        return Optional.of(wheel);
      }
    } catch (IOException none) {
      // Not a Debian, or one without the package.
    }
    return Optional.empty();
  }

  private static CloudException noPip(Interpreter python) {
    String minor = Interpreter.minor(python.version());
    return CloudException.resource(
        "no-pip",
        "the app's packages cannot be installed",
        python.path() + " brings no pip, and there is neither another one nor uv on this machine",
        "Debian and Ubuntu: apt-get install python%s-venv; anywhere: install uv".formatted(minor));
  }

  /** One build: where it goes, what it is run with, and what it has said so far. */
  private final class Run {
    private final Path target;
    private final Map<String, String> variables;
    private final Output log;
    private final Deque<String> said = new ArrayDeque<>();

    Run(Path target, Map<String, String> variables, Output log) {
      this.target = target;
      this.variables = variables;
      this.log = log;
    }

    String python() {
      return target.resolve("bin/python").toString();
    }

    void command(Path directory, String... words) throws IOException {
      int code =
          new BuildProcess(variables, tuning.installLimit(), tuning.confinement())
              .run(List.of(words), directory, line -> take(directory, line));
      if (code != 0) {
        throw BuildFailure.of(List.copyOf(said), code);
      }
    }

    /** The working folder has a name that means nothing to anybody and is gone afterwards. */
    private void take(Path directory, String line) {
      String text = directory.getNameCount() > 0 ? line.replace(directory + "/", "") : line;
      said.add(text);
      if (said.size() > KEPT_LINES) {
        said.removeFirst();
      }
      log.line(text);
    }
  }
}
