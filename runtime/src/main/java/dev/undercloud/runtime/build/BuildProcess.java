package dev.undercloud.runtime.build;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.unit.Durations;
import dev.undercloud.runtime.driver.Confinement;
import dev.undercloud.runtime.driver.Output;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs one child of a build: in a session of its own, with a time limit and, where it is real work,
 * low priority and capped memory. When we are interrupted, run out of time or die, even of SIGKILL,
 * its whole process group dies too. Blocking; the output is delivered on a virtual thread of its
 * own, in order.
 */
final class BuildProcess {
  /** Longer lines are cut: a wheel that prints its content must not fill our memory. */
  private static final int LONGEST_LINE = 16 * 1024;

  /** How long the tail of the output may take once the child has ended. */
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(5);

  /** Address space: what compilers and resolvers never need, a runaway one soon does. */
  static final long MOST_MEMORY = 8L << 30;

  /**
   * Runs the command beside a watcher that reads our end of a pipe: when we die the pipe ends, and
   * the watcher kills the group. {@code $$} is the group, since setsid made the shell its leader.
   */
  private static final String GUARD =
      """
      umask 022; exec 3<&0
      { read -r end <&3; kill -KILL -$$; } >/dev/null 2>&1 &
      "$@" </dev/null 3<&-; code=$?
      kill $! 2>/dev/null
      exit $code
      """;

  /** By its path: the PATH of a build is the user's and may lack it. */
  private static final String SHELL = "/bin/sh";

  private final Map<String, String> environment;
  private final Duration limit;
  private final @Nullable Confinement confinement;

  /** For a question that is answered in no time. */
  BuildProcess(Map<String, String> environment, Duration limit) {
    this(environment, limit, null);
  }

  /**
   * @param confinement for real work, which must not take the processor or the memory from what
   *     serves: it runs in there, at low priority; null for what is answered in no time
   */
  BuildProcess(Map<String, String> environment, Duration limit, @Nullable Confinement confinement) {
    this.environment = environment;
    this.limit = limit;
    this.confinement = confinement;
  }

  /**
   * Runs {@code command} to its end and returns its exit code, 128 + n where signal n ended it.
   *
   * @throws IOException when it cannot be started
   * @throws CloudException when the time limit is over or the calling thread was interrupted
   */
  int run(List<String> command, Path directory, Output output) throws IOException {
    try (Confinement.Held held = held()) {
      return run(command, directory, output, held.words());
    }
  }

  private Confinement.Held held() {
    return (confinement == null ? Confinement.NONE : confinement).enter();
  }

  private int run(List<String> command, Path directory, Output output, List<String> within)
      throws IOException {
    Optional<Path> setsid = Executables.find("setsid", environment);
    List<String> words = new ArrayList<>();
    setsid.ifPresent(path -> words.addAll(List.of(path.toString(), SHELL, "-c", GUARD, "build")));
    words.addAll(within);
    if (confinement != null) {
      Executables.find("nice", environment)
          .ifPresent(path -> words.addAll(List.of(path.toString(), "-n", "10")));
      Executables.find("ionice", environment)
          .ifPresent(path -> words.addAll(List.of(path.toString(), "-t", "-c", "2", "-n", "7")));
      Executables.find("prlimit", environment)
          .ifPresent(path -> words.addAll(List.of(path.toString(), "--as=" + MOST_MEMORY)));
    }
    words.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    Thread reader = Thread.ofVirtual().name("build-output").start(() -> read(process, output));
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw tooLong(command);
      }
      reader.join(LAST_OUTPUT);
      return process.exitValue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw interrupted();
    } finally {
      end(process, setsid.isPresent());
    }
  }

  static CloudException interrupted() {
    return CloudException.user(
        "build-interrupted",
        "the build was interrupted",
        "it was told to stop",
        "Start it again; nothing was changed");
  }

  private CloudException tooLong(List<String> command) {
    return CloudException.external(
        "build-failed",
        "the build took too long",
        String.join(" ", command) + " was still running after " + Durations.format(limit),
        "See its last lines above; a package without a wheel for this Python is compiled, which"
            + " can take this long: pin a version that has one");
  }

  /** Leaves no process behind, whichever way {@link #run} ends. */
  private void end(Process process, boolean ownGroup) throws IOException {
    if (process.isAlive()) {
      if (ownGroup) {
        signalGroup(process.pid());
      }
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    // Ends the watcher's pipe; the shell has killed the watcher by then, or was killed with it.
    process.getOutputStream().close();
  }

  private void signalGroup(long group) throws IOException {
    Process kill =
        new ProcessBuilder(SHELL, "-c", "kill -KILL -" + group)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    boolean interrupted = Thread.interrupted();
    try {
      kill.waitFor(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException again) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void read(Process process, Output output) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream in = new BufferedInputStream(process.getInputStream())) {
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c == '\n' || c == '\r') {
          deliver(line, output);
        } else if (line.size() < LONGEST_LINE) {
          line.write(c);
        }
      }
    } catch (IOException closed) {
      // The child is gone, and with it the rest of its output.
    }
    deliver(line, output);
  }

  private static void deliver(ByteArrayOutputStream line, Output output) {
    String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
    line.reset();
    if (!text.isEmpty()) {
      output.line(text);
    }
  }
}
