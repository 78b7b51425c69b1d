package dev.undercloud.runtime.host;

import dev.undercloud.runtime.process.RunAs;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Which Pythons there are, whether they can make environments, and whether uv is there. */
record PythonProbes(RunAs runAs, Map<String, String> environment) {
  private static final Pattern NAME = Pattern.compile("python3(\\.\\d{1,2})?");

  /** Folders that are looked through besides PATH. */
  private static final String USUAL = "/usr/local/bin:/usr/bin:/bin";

  /** An interpreter that takes longer than this to say its version is broken. */
  private static final long SECONDS = 5;

  /** More than anyone has; each costs the start of an interpreter. */
  private static final int MOST = 16;

  private static final String ASK =
      "import sys, importlib.util as u\n"
          + "print(sys.executable, '%d.%d.%d' % sys.version_info[:3],"
          + " bool(u.find_spec('venv') and u.find_spec('ensurepip')))";

  /** An interpreter that answered. */
  private record Python(String path, String version, boolean makesEnvironments) {}

  List<Probe> run() {
    List<Python> pythons = pythons();
    List<Probe> probes = new ArrayList<>();
    if (pythons.isEmpty()) {
      probes.add(
          Probe.missing(
              "Python",
              "no python3 on PATH or in /usr/bin",
              "Python apps cannot be built or run; other programs can.",
              "apt-get install python3 python3-venv"));
    } else {
      probes.add(versions(pythons));
      probes.add(environments(pythons));
    }
    probes.add(uv());
    return probes;
  }

  private Probe versions(List<Python> pythons) {
    List<String> names = new ArrayList<>();
    boolean any = false;
    for (Python python : pythons) {
      boolean reachable = runAs.reachable(Path.of(python.path));
      any |= reachable;
      names.add(python.version + " " + python.path + (reachable ? "" : " (root alone can use it)"));
    }
    String found = String.join(", ", names);
    return any
        ? Probe.ok("Python", found)
        : Probe.fallback(
            "Python",
            found,
            "Apps run as root, because no user of their own could reach the interpreter.",
            "apt-get install python3 python3-venv");
  }

  private static Probe environments(List<Python> pythons) {
    List<String> without =
        pythons.stream()
            .filter(python -> !python.makesEnvironments)
            .map(python -> python.path)
            .toList();
    if (without.isEmpty()) {
      return Probe.ok("venv", "every interpreter can make environments");
    }
    String found = "no venv or ensurepip in " + String.join(", ", without);
    return without.size() < pythons.size()
        ? Probe.fallback(
            "venv",
            found,
            "Apps with dependencies are built with another interpreter, or with uv.",
            "apt-get install python3-venv")
        : Probe.missing(
            "venv",
            found,
            "Apps with dependencies cannot be built, unless uv is there.",
            "apt-get install python3-venv");
  }

  private Probe uv() {
    for (Path folder : folders()) {
      Path uv = folder.resolve("uv");
      if (Files.isExecutable(uv)) {
        return Probe.ok("uv", uv.toString());
      }
    }
    return Probe.fallback(
        "uv",
        "not on PATH",
        "Environments are built with venv and pip, which takes longer.",
        "pip install uv");
  }

  private List<Python> pythons() {
    Map<String, Python> found = new LinkedHashMap<>();
    List<Path> candidates = candidates();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Python>>> answers =
          candidates.stream()
              .limit(MOST)
              .map(candidate -> threads.submit(() -> ask(candidate)))
              .toList();
      for (Future<List<Python>> answer : answers) {
        answer.get().forEach(python -> found.putIfAbsent(identity(python.path), python));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return List.copyOf(found.values());
  }

  /** One interpreter under several names counts once. */
  private static String identity(String path) {
    try {
      return Path.of(path).toRealPath().toString();
    } catch (IOException e) {
      return path;
    }
  }

  private List<Path> candidates() {
    List<Path> found = new ArrayList<>();
    for (Path folder : folders()) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(
              folder,
              file ->
                  NAME.matcher(file.getFileName().toString()).matches()
                      && Files.isExecutable(file)
                      && (file.endsWith("python3") || !script(file)))) {
        files.forEach(found::add);
      } catch (IOException unreadable) {
        continue;
      }
    }
    return found;
  }

  /** Version managers put a script under every name; one of them is enough to ask. */
  private static boolean script(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == '#';
    }
  }

  private List<Path> folders() {
    List<Path> folders = new ArrayList<>();
    for (String folder : (environment.getOrDefault("PATH", "") + ":" + USUAL).split(":")) {
      if (folder.startsWith("/") && !folders.contains(Path.of(folder))) {
        folders.add(Path.of(folder));
      }
    }
    return folders;
  }

  /** What an interpreter says of itself; nothing where it is a shim of nothing, or hangs. */
  private List<Python> ask(Path candidate) {
    ProcessBuilder builder = new ProcessBuilder(candidate.toString(), "-I", "-S", "-c", ASK);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return List.of();
      }
      try (var reader = process.inputReader()) {
        String[] words = reader.readAllAsString().strip().split(" ");
        return process.exitValue() == 0 && words.length == 3
            ? List.of(new Python(words[0], words[1], words[2].equals("True")))
            : List.of();
      }
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
