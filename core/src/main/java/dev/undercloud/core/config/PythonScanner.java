package dev.undercloud.core.config;

import java.nio.file.Path;

/**
 * Reads the Python sources of a project without running them. Blocking, bounded in time; safe for
 * any thread.
 */
@FunctionalInterface
public interface PythonScanner {
  /**
   * Never throws for what the project holds; {@link PythonScan#unavailable} says why there is none.
   */
  PythonScan scan(Path directory);
}
