package dev.undercloud.edge.tls;

import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Programs of the system, run without a shell: every argument is one. Blocks. */
final class Commands {
  /** Reading in all authorities of a slow machine takes some seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int MOST_OUTPUT = 4 << 10;

  private final List<Path> path;
  private final Clock clock;

  Commands(List<Path> path, Clock clock) {
    this.path = List.copyOf(path);
    this.clock = clock;
  }

  Optional<Path> find(String program) {
    return path.stream()
        .map(folder -> folder.resolve(program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs {@code command}; empty where it ended well, else why not, in its own words. */
  Optional<String> run(List<String> command) {
    Optional<Path> program = find(command.getFirst());
    if (program.isEmpty()) {
      return Optional.of(command.getFirst() + " is not installed.");
    }
    List<String> whole = new ArrayList<>(command);
    whole.set(0, program.get().toString());
    try {
      Path output = Files.createTempFile("undercloud-trust", null);
      try {
        return outcome(whole, output);
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      return Optional.of(command.getFirst() + " cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(command.getFirst() + " was interrupted.");
    }
  }

  private Optional<String> outcome(List<String> command, Path output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    long until = clock.nanos() + PATIENCE.toNanos();
    while (process.isAlive()) {
      if (clock.nanos() - until > 0) {
        process.destroyForcibly();
        return Optional.of(
            command.getFirst() + " did not end within " + PATIENCE.toSeconds() + " s.");
      }
      clock.sleep(POLL);
    }
    if (process.exitValue() == 0) {
      return Optional.empty();
    }
    byte[] said = Files.readAllBytes(output);
    String text = new String(said, 0, Math.min(said.length, MOST_OUTPUT), StandardCharsets.UTF_8);
    return Optional.of(
        "%s ended with %d: %s".formatted(command.getFirst(), process.exitValue(), text.strip()));
  }
}
