package dev.undercloud.control.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * What went wrong in one slot, of one revision and epoch. Times are monotonic nanoseconds.
 *
 * @param total crashes in all: how often it was restarted
 * @param streak crashes since it was last steady
 * @param notBefore when the next start is due; without meaning while {@link #streak} is 0
 * @param recent times of the crashes within the loop window
 * @param looping whether it is in a crash loop, which ends when it is steady
 * @param lastReason the last one, in words; empty while there was none
 */
public record Crashes(
    int total, int streak, long notBefore, List<Long> recent, boolean looping, String lastReason) {
  public static final Crashes NONE = new Crashes(0, 0, 0, List.of(), false, "");

  public Crashes {
    recent = List.copyOf(recent);
  }

  /** For an adopted replica, whose history an earlier process knew. */
  static Crashes restored(int total) {
    return new Crashes(total, 0, 0, List.of(), false, "");
  }

  /**
   * One more.
   *
   * @param hopeless whether another attempt would take as long and end the same
   * @param chance in [0, 1), for the jitter
   */
  Crashes more(String reason, boolean hopeless, double chance, long now, Pace pace) {
    List<Long> times = new ArrayList<>(recent);
    times.removeIf(time -> now - time > pace.loopWindow().toNanos());
    times.add(now);
    boolean loop = looping || times.size() >= pace.loopCrashes();
    if (times.size() > pace.loopCrashes()) {
      times.removeFirst();
    }
    int inARow = Math.max(streak + 1, hopeless ? pace.deployAttempts() : 0);
    long due = now + pace.backoff(inARow, loop, chance);
    return new Crashes(total + 1, inARow, due, times, loop, reason);
  }

  /** Steady again, or forgiven. */
  Crashes over() {
    return new Crashes(total, 0, 0, List.of(), false, lastReason);
  }

  boolean due(long now) {
    return streak == 0 || now - notBefore >= 0;
  }
}
