package dev.undercloud.control.plan;

import java.time.Duration;

/**
 * How patient the controller is.
 *
 * @param firstBackoff before the first restart; doubles with each one in a row
 * @param longestBackoff at most so long, so that a mended dependency is found within half a minute
 * @param steady a replica healthy for so long has left its crashes behind
 * @param loopCrashes so many crashes of one slot within {@link #loopWindow} are a crash loop
 * @param loopWindow see {@link #loopCrashes}
 * @param deployAttempts a replica of a new release may fail to start so often less one: the one
 *     more forgives a port or file that something else held for a moment
 * @param outAfter so many failed checks in a row take a replica out of the routing table
 * @param giveUpAfter so many end it, for a new one
 * @param workerStarted a process that takes no connections counts as healthy when it lives for so
 *     long
 * @param startsAtOnce replicas of one release that start at a time: starting takes processor time
 *     from those that serve
 */
public record Pace(
    Duration firstBackoff,
    Duration longestBackoff,
    Duration steady,
    int loopCrashes,
    Duration loopWindow,
    int deployAttempts,
    int outAfter,
    int giveUpAfter,
    Duration workerStarted,
    int startsAtOnce) {
  public static final Pace DEFAULT =
      new Pace(
          Duration.ofMillis(100),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          5,
          Duration.ofSeconds(60),
          2,
          3,
          6,
          Duration.ofSeconds(1),
          4);

  /** Nanoseconds to wait after {@code streak} crashes in a row; {@code chance} is in [0, 1). */
  long backoff(int streak, boolean looping, double chance) {
    long longest = longestBackoff.toNanos();
    int doublings = Math.min(streak - 1, 30);
    long most = looping ? longest : Math.min(longest, firstBackoff.toNanos() << doublings);
    // Half of it is certain, half is chance: replicas that died together do not return together.
    return most / 2 + (long) (most / 2 * chance);
  }
}
