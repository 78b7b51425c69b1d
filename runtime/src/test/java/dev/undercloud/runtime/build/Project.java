package dev.undercloud.runtime.build;

import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.model.Isolation;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A project, a state folder and what a build said, in a temporary folder. */
final class Project implements AutoCloseable {
  final Path root;
  final Path directory;
  final Path state;
  final Path wheels;
  final Map<String, String> host = new HashMap<>(System.getenv());
  final Map<String, String> environment = new HashMap<>();
  final List<String> log = new CopyOnWriteArrayList<>();
  BuildSpec spec = new BuildSpec(BuildSpec.Installer.NONE, List.of(), List.of(), null, true);
  Access access = Access.same();
  Clock clock = Clock.system();
  ProjectScan.Limits limits = ProjectScan.Limits.DEFAULT;
  Duration installLimit = Duration.ofMinutes(2);
  List<Path> pythons = Tuning.USUAL_PYTHONS;
  String command = "python app.py";

  Project(Path root) throws IOException {
    this.root = root;
    directory = Files.createDirectories(root.resolve("project"));
    state = root.resolve("state");
    wheels = Files.createDirectories(root.resolve("wheels"));
    host.keySet().removeIf(name -> name.startsWith("PIP_") || name.startsWith("UV_"));
    host.put("PIP_NO_INDEX", "1");
    host.put("PIP_FIND_LINKS", wheels.toString());
  }

  /** Before JUnit does it, which warns of each link to an interpreter. */
  @Override
  public void close() throws IOException {
    Trees.delete(state);
  }

  /** Writes a file that looks as if it had been there for an hour. */
  Path file(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    return file;
  }

  Project installs(BuildSpec.Installer installer, String... files) {
    spec = new BuildSpec(installer, List.of(files), List.of(), null, true);
    return this;
  }

  AppSpec app() {
    ProcessSpec web =
        new ProcessSpec(
            "web",
            new Command(command, List.of(command.split(" ")), false),
            Map.of(),
            1,
            Listen.UNIX,
            HealthCheck.DEFAULT,
            Limits.NONE,
            Timeouts.DEFAULT,
            Duration.ofSeconds(4));
    return new AppSpec(
        "app",
        directory,
        Isolation.PROCESS,
        environment,
        Map.of("web", web),
        null,
        spec,
        List.of());
  }

  PythonBuilder builder() {
    return new PythonBuilder(
        state, state.resolve("apps/app"), host, clock, access, tuning(Tuning.DEBIAN_WHEELS));
  }

  /** A test waits for its installers: they need not be modest. */
  Tuning tuning(Path wheels) {
    return new Tuning(limits, installLimit, pythons, wheels, null);
  }

  Release build() {
    return builder().build(app(), log::add);
  }

  /** Runs {@code python -c code} as a replica of the release would; its output, stripped. */
  static String python(Release release, String code) throws IOException, InterruptedException {
    return run(release, "python", "-c", code);
  }

  static String run(Release release, String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).directory(release.source().toFile());
    builder.environment().putAll(release.variables());
    // ProcessBuilder looks for the program in our PATH, not in the child's.
    Path program = Executables.find(words[0], release.variables()).orElseThrow();
    builder.command().set(0, program.toString());
    Process process = builder.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return text.strip();
  }
}
