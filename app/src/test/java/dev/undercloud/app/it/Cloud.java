package dev.undercloud.app.it;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Drives the product from outside, as a person at a shell would: its launcher, its output, its
 * signals.
 */
final class Cloud implements AutoCloseable {
  static final Path CHECKOUT =
      Path.of(System.getProperty("undercloud.checkout", "..")).toAbsolutePath().normalize();

  private static final Pattern SAID = Pattern.compile("(ready|console)\\s+(https?://\\S+)");

  /** What one command line ended with. */
  record Done(int status, String out, String err) {
    JsonNode json() {
      try {
        return Json.parse(out);
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + out + err, e);
      }
    }

    String all() {
      return out + err;
    }
  }

  final Path home;
  final Path project;
  final Map<String, String> environment;
  final List<String> output = new CopyOnWriteArrayList<>();
  volatile String url = "";
  volatile String console = "";
  private Process process;

  Cloud(Path home, Path project, Map<String, String> environment) {
    this.home = home;
    this.project = project;
    this.environment = Map.copyOf(environment);
  }

  /** Starts {@code up} on a free port and waits for its {@code ready} line. */
  Cloud up(String... options) {
    begin(options);
    eventually(Duration.ofMinutes(5), () -> !url.isEmpty() || !process.isAlive());
    if (url.isEmpty()) {
      throw new AssertionError("`up` did not get ready:\n" + String.join("\n", output));
    }
    return this;
  }

  /** Starts {@code up} and does not wait. */
  void begin(String... options) {
    url = "";
    List<String> arguments = new ArrayList<>(List.of("up", project.toString()));
    arguments.addAll(List.of(options));
    if (!arguments.contains("--port")) {
      arguments.addAll(List.of("--port", String.valueOf(Wire.freePort())));
    }
    process = start(arguments, true);
    Process reading = process;
    Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader lines = reading.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(this::heard);
          } catch (IOException | UncheckedIOException ended) {
            // The process was killed.
          }
        });
  }

  private void heard(String line) {
    output.add(line);
    Matcher said = SAID.matcher(line);
    if (said.lookingAt()) {
      if (said.group(1).equals("ready")) {
        url = said.group(2);
      } else {
        console = said.group(2);
      }
    }
  }

  private Process start(List<String> arguments, boolean merged) {
    List<String> command = new ArrayList<>(List.of(CHECKOUT.resolve("undercloud").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile());
    builder.environment().put("UNDERCLOUD_HOME", home.toString());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(merged).redirectInput(new java.io.File("/dev/null"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs one command in the project's folder. */
  Done run(String... arguments) {
    Process one = start(List.of(arguments), false);
    try {
      var err = new StringBuilder();
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> one.errorReader().lines().forEach(line -> err.append(line).append('\n')));
      String out = new String(one.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!one.waitFor(3, TimeUnit.MINUTES)) {
        one.destroyForcibly();
        throw new AssertionError("`" + String.join(" ", arguments) + "` hangs: " + out);
      }
      reader.join();
      return new Done(one.exitValue(), out, err.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs one command that must succeed. */
  Done ok(String... arguments) {
    Done done = run(arguments);
    if (done.status() != 0) {
      throw new AssertionError(
          "`" + String.join(" ", arguments) + "` exit " + done.status() + ": " + done.all());
    }
    return done;
  }

  int port() {
    return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1).replace("/", ""));
  }

  /** The Host header of the app's URL. */
  String host() {
    return url.split("//")[1].split("/")[0];
  }

  /** What {@code dig} says that the DNS server answered, records only. */
  String dig(String name, String type) {
    String[] server = ok("status", "--json").json().path("dns").path("address").asText().split(":");
    try {
      Process dig =
          new ProcessBuilder(
                  "dig", "@" + server[0], "-p", server[1], "+short", "+tries=1", name, type)
              .redirectErrorStream(true)
              .start();
      String said = new String(dig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      dig.waitFor();
      return said.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The replicas of this app, as {@code status --json} has them. */
  List<JsonNode> replicas() {
    for (JsonNode app : ok("status", "--json").json().path("apps")) {
      if (app.path("url").asText().equals(url)) {
        List<JsonNode> replicas = new ArrayList<>();
        app.path("replicas").forEach(replicas::add);
        return replicas;
      }
    }
    return List.of();
  }

  List<Long> healthyPids() {
    return replicas().stream()
        .filter(r -> r.path("state").asText().equals("healthy"))
        .map(r -> r.path("pid").asLong())
        .toList();
  }

  /** Waits until {@code count} replicas are healthy; their process ids. */
  List<Long> healthy(int count) {
    eventually(Duration.ofSeconds(60), () -> healthyPids().size() == count);
    return healthyPids();
  }

  Process process() {
    return process;
  }

  /** SIGTERM, as Ctrl-C or a service manager would; the exit status. */
  int down() {
    process.destroy();
    try {
      if (!process.waitFor(40, TimeUnit.SECONDS)) {
        throw new AssertionError("`up` did not end:\n" + String.join("\n", output));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return process.exitValue();
  }

  /** kill -9 of the product, and only of it. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every live process that carries this state folder in its environment or arguments. */
  List<Long> processes() {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(p -> p.getFileName().toString().matches("\\d+"))
          .filter(this::ours)
          .map(p -> Long.valueOf(p.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean ours(Path proc) {
    try {
      String state = Files.readString(proc.resolve("stat"), StandardCharsets.ISO_8859_1);
      String traces =
          Files.readString(proc.resolve("environ"), StandardCharsets.ISO_8859_1)
              + Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return !state.substring(state.lastIndexOf(')') + 2).startsWith("Z")
          && traces.contains(home.toString());
    } catch (IOException ended) {
      return false;
    }
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      down();
    }
    processes().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  /** Tries until it holds; an error after {@code most}. */
  static void eventually(Duration most, Supplier<Boolean> condition) {
    long until = System.nanoTime() + most.toNanos();
    while (!condition.get()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("did not come true within " + most);
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
