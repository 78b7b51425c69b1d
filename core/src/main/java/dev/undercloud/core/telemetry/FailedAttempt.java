package dev.undercloud.core.telemetry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A replica that was tried and failed the request. Made only where one fails; immutable, so that
 * one reference takes all of an exchange's to whoever reads its record.
 *
 * @param replica {@code web.1}
 * @param how what it did, as the end of a sentence about it
 * @param from when it was chosen, monotonic nanoseconds as in {@link ExchangeSlot#at}
 * @param to when it had failed
 * @param before the failed attempt before; null for none
 * @param count of them, this one included
 */
public record FailedAttempt(
    String replica, String how, long from, long to, @Nullable FailedAttempt before, int count) {
  /** More would be one and the same story. */
  private static final int MOST = 16;

  /** {@code before} with one more, as far as they are kept. */
  public static FailedAttempt after(
      @Nullable FailedAttempt before, String replica, String how, long from, long to) {
    if (before == null) {
      return new FailedAttempt(replica, how, from, to, null, 1);
    }
    return before.count == MOST
        ? before
        : new FailedAttempt(replica, how, from, to, before, before.count + 1);
  }

  /** From the first to this one. */
  public List<FailedAttempt> all() {
    Deque<FailedAttempt> all = new ArrayDeque<>();
    for (FailedAttempt each = this; each != null; each = each.before) {
      all.addFirst(each);
    }
    return new ArrayList<>(all);
  }
}
