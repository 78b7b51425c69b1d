package dev.undercloud.observe;

import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.observe.store.StoreLimits;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where telemetry goes and how much of it.
 *
 * @param directory of the day files
 * @param store what they may use
 * @param accessLog the JSON access log
 * @param accessLogBudget of it and all files it was rotated to
 * @param storedPerSecond exchanges stored in detail; beyond it an even share is, statistics and
 *     access log still count every one. Each costs some 5 µs of processor and 80 bytes of disk
 * @param storedFailuresPerSecond failed or slow ones on top, so that a rare failure is not lost
 *     among many good ones
 * @param linesPerSecond log lines stored; live views see more
 * @param followedPerSecond exchanges told to live views
 * @param queriesPerSecond DNS questions looked at in detail and matched to connections; beyond it
 *     they are counted only
 * @param storedQueriesPerSecond of those stored: some 40 bytes of disk each. Whoever floods the DNS
 *     server must not push requests out of the history
 * @param recent exchanges in memory, every one, for {@code why} at once; a power of two, 1 KiB each
 * @param recentQueries DNS questions in memory; a power of two, 500 bytes each
 */
public record ObserveConfig(
    Path directory,
    StoreLimits store,
    Path accessLog,
    ByteSize accessLogBudget,
    int storedPerSecond,
    int storedFailuresPerSecond,
    int linesPerSecond,
    int followedPerSecond,
    int queriesPerSecond,
    int storedQueriesPerSecond,
    int recent,
    int recentQueries) {
  public ObserveConfig {
    if (Integer.bitCount(recent) != 1 || Integer.bitCount(recentQueries) != 1) {
      throw new IllegalArgumentException(
          "recent must be powers of two: " + recent + ", " + recentQueries);
    }
  }

  /** The defaults, in the folder where an app's state is. */
  public static ObserveConfig in(Path appState) {
    return new ObserveConfig(
        appState.resolve("telemetry"),
        new StoreLimits(ByteSize.ofMiB(1024), Duration.ofDays(14), ByteSize.ofMiB(64)),
        appState.resolve("logs").resolve("access.jsonl"),
        ByteSize.ofMiB(128),
        500,
        200,
        2_000,
        500,
        2_000,
        100,
        2_048,
        2_048);
  }
}
