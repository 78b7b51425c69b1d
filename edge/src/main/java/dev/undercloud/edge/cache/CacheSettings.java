package dev.undercloud.edge.cache;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How much the cache may take.
 *
 * @param memoryBytes of the memory tier
 * @param largestBody bytes of the longest body that is stored
 * @param folder of the disk tier; empty for none
 * @param diskBytes of the disk tier
 */
public record CacheSettings(
    long memoryBytes, long largestBody, Optional<Path> folder, long diskBytes) {
  /** The cache is one of many things in this process; pages of a small site fit in it. */
  private static final long MEMORY = 64L << 20;

  /** An eighth of the memory: one response does not push out everything else. */
  private static final long LARGEST = 8L << 20;

  private static final long DISK = 1L << 30;

  public CacheSettings {
    if (memoryBytes < 1 || largestBody < 0 || largestBody > memoryBytes / 2 || diskBytes < 0) {
      throw new IllegalArgumentException("a cache holds several of its longest bodies");
    }
  }

  /** Memory alone. */
  public static CacheSettings memory() {
    return new CacheSettings(MEMORY, LARGEST, Optional.empty(), 0);
  }

  /** The same, and {@code folder} for what does not fit. */
  public static CacheSettings in(Path folder) {
    return new CacheSettings(MEMORY, LARGEST, Optional.of(folder), DISK);
  }
}
