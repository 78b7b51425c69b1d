package dev.undercloud.runtime.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of the host that we use ourselves, by absolute path: never by an app's PATH. */
final class Tools {
  private static final List<String> FOLDERS =
      List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin");

  /** A probe that takes longer than this has failed: no replica may wait for it for ever. */
  private static final long PROBE_SECONDS = 10;

  private Tools() {}

  static Optional<Path> find(String name) {
    return FOLDERS.stream()
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a command with an empty environment and no output; whether it ended with 0. */
  static boolean succeeds(List<String> command) {
    return output(command).isPresent();
  }

  /** The output of a command that ended with 0. */
  static Optional<String> output(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.redirectInput(new File("/dev/null"));
    try {
      Process process = builder.start();
      // A pipe holds all that our probes say, so nobody waits for the reader.
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      try (var reader = process.inputReader()) {
        String text = reader.readAllAsString();
        return process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
