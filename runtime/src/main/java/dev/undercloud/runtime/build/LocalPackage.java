package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A project that is itself a package. It is not installed: its source, and {@code src} where it has
 * one, go onto PYTHONPATH, so that releases share one environment and no build backend is needed.
 */
final class LocalPackage {
  private LocalPackage() {}

  /** PYTHONPATH for the snapshot {@code source}; empty where it needs none. */
  static Optional<String> path(Path source) throws IOException {
    boolean layout = Files.isDirectory(source.resolve("src"));
    if (!layout
        && !Pyproject.read(source).isPackage()
        && !Files.exists(source.resolve("setup.py"))) {
      return Optional.empty();
    }
    return Optional.of(layout ? source.resolve("src") + ":" + source : source.toString());
  }
}
