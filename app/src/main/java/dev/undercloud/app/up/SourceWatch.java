package dev.undercloud.app.up;

import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Set;

/**
 * Notices that a project's files have changed, by looking at names, sizes and times: works on every
 * file system, network mounts included. A virtual thread.
 */
final class SourceWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(400);

  /** Looked at per round at most: a larger project is watched in its first files only. */
  private static final int MOST_FILES = 50_000;

  /** Folders that tools write to on their own. */
  private static final Set<String> SKIPPED =
      Set.of(
          "node_modules",
          "__pycache__",
          "venv",
          "env",
          "target",
          "dist",
          "build",
          "data",
          "instance");

  private final Path directory;
  private final Clock clock;
  private final Runnable changed;
  private final Thread thread;

  /** Calls {@code changed} when the files have changed and then been quiet for a moment. */
  SourceWatch(Path directory, Clock clock, Runnable changed) {
    this.directory = directory;
    this.clock = clock;
    this.changed = changed;
    this.thread = Thread.ofVirtual().name("source-watch").start(this::run);
  }

  private void run() {
    try {
      long known = fingerprint();
      long last = known;
      while (true) {
        clock.sleep(INTERVAL);
        long now = fingerprint();
        // An editor writes in several steps: wait until two looks agree.
        if (now == last && now != known) {
          known = now;
          changed.run();
        }
        last = now;
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private long fingerprint() {
    long[] sum = {0, 0};
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              String name = dir.getFileName() == null ? "" : dir.getFileName().toString();
              boolean skip =
                  !dir.equals(directory) && (name.startsWith(".") || SKIPPED.contains(name));
              return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = file.getFileName().toString();
              if (!name.endsWith(".pyc") && !name.matches(".*\\.(db|sqlite3?|log)(-\\w+)?")) {
                sum[0] +=
                    file.hashCode() * 31L
                        + attributes.lastModifiedTime().toMillis() * 7
                        + attributes.size();
              }
              return ++sum[1] < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException movedAway) {
      return 0;
    }
    return sum[0];
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
