package dev.undercloud.edge.file;

import dev.undercloud.edge.net.Descriptors;

/**
 * What serving files may take, of one event loop.
 *
 * @param descriptors files kept open between requests; those in use come on top
 * @param gzippedBytes of compressed files kept in memory
 * @param freshNanos how long a path is believed to lead to the file it led to
 * @param ranges parts of one response; for more the whole file is sent
 */
public record FileLimits(int descriptors, long gzippedBytes, long freshNanos, int ranges) {
  /** Of the process's descriptors, those that one loop keeps: connections need the rest. */
  private static final int SHARE = 64;

  private static final int MOST_DESCRIPTORS = 256;
  private static final int FEWEST_DESCRIPTORS = 8;

  /**
   * Sites have some hundred files and some MiB of scripts and styles. A second is as long as nobody
   * minds after replacing a file. Players and download managers ask for one range, PDF readers for
   * a few.
   */
  public static final FileLimits DEFAULT =
      new FileLimits(
          Math.clamp(Descriptors.most() / SHARE, FEWEST_DESCRIPTORS, MOST_DESCRIPTORS),
          4 << 20,
          1_000_000_000L,
          16);

  public FileLimits {
    if (descriptors < 1 || gzippedBytes < 0 || freshNanos < 0 || ranges < 1) {
      throw new IllegalArgumentException("limits of files are positive");
    }
  }
}
