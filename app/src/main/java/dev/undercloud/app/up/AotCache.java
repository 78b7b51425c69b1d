package dev.undercloud.app.up;

import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the cache of loaded and linked classes (JEP 483, 514, 515) that lets the next start skip
 * most of its work: once per build, in a child of low priority, after the first {@code up} has
 * become ready. What goes wrong here costs only that speed.
 */
public final class AotCache implements AutoCloseable {
  /** Let the app and its first users have the machine first. */
  private static final Duration DELAY = Duration.ofSeconds(3);

  /** A training run takes about ten seconds; beyond this something hangs. */
  private static final Duration LONGEST = Duration.ofMinutes(3);

  /** Its replicas end within a second; writing the cache, which can be cut off, takes some more. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Path dist;
  private final Clock clock;
  private volatile @Nullable Process training;
  private volatile boolean closed;

  private AotCache(Path dist, Clock clock) {
    this.dist = dist;
    this.clock = clock;
  }

  /** Begins in the background where the distribution has no cache yet and can be written. */
  public static AotCache ensure(Clock clock) {
    Path dist = Path.of(System.getProperty("undercloud.dist", "/nonexistent"));
    AotCache cache = new AotCache(dist, clock);
    if (Files.isWritable(dist) && !Files.exists(cache.file())) {
      Thread.ofVirtual().name("aot-cache").start(cache::make);
    }
    return cache;
  }

  private Path file() {
    return dist.resolve("aot").resolve("undercloud.aot");
  }

  private void make() {
    Path next = file().resolveSibling("undercloud.aot." + ProcessHandle.current().pid());
    try {
      clock.sleep(DELAY);
      Files.createDirectories(next.getParent());
      removeUnfinished();
      ProcessBuilder builder =
          new ProcessBuilder(command(next))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      // It has a state folder of its own; the user's is none of its business.
      builder.environment().remove("UNDERCLOUD_HOME");
      Process child = builder.start();
      training = child;
      if (closed) {
        end(child);
      }
      if (child.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)
          && child.exitValue() == 0
          && !closed) {
        Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE);
      } else {
        end(child);
      }
    } catch (IOException | RuntimeException slowerStart) {
      // The next start is as slow as this one was.
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      delete(next);
      delete(next.resolveSibling(next.getFileName() + ".config"));
    }
  }

  /** What makers that were killed have left: their names end with their process ids. */
  private void removeUnfinished() throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(file().getParent(), "undercloud.aot.*")) {
      for (Path unfinished : files) {
        String[] parts = unfinished.getFileName().toString().split("\\.");
        boolean ours = parts[2].matches("\\d{1,9}");
        if (ours && ProcessHandle.of(Long.parseLong(parts[2])).isEmpty()) {
          delete(unfinished);
        }
      }
    }
  }

  /** Our own Java and options, so that the cache fits what the launcher will start. */
  private static List<String> command(Path output) {
    List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
    Optional<String> java = ProcessHandle.current().info().command();
    command.add(java.orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.add("-XX:AOTCacheOutput=" + output);
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith("-XX:AOT")) {
        command.add(option);
      }
    }
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.undercloud.app.up.Training"));
    return command;
  }

  /**
   * The end of its standard input tells it to clean up after itself: it runs replicas of its own.
   */
  private static void end(Process child) {
    try {
      child.getOutputStream().close();
      if (child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (IOException goneAlready) {
      // Then there is nothing to wait for.
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    child.descendants().forEach(ProcessHandle::destroyForcibly);
    child.destroyForcibly();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException leftForTheNextBuild) {
      // A build empties the folder.
    }
  }

  /** Ends a training run that is still going. */
  @Override
  public void close() {
    closed = true;
    Process child = training;
    if (child != null) {
      end(child);
    }
  }
}
