package dev.undercloud.edge.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;

import io.netty.handler.codec.http2.Http2Exception;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** What is left of each {@link Budget} of one connection. Its event loop only. */
public final class Budgets {
  private static final long SECOND = 1_000_000_000;

  /** Clients update two windows for each frame or less: one token for so many bytes is plenty. */
  private static final int BYTES_AN_UPDATE = 512;

  private static final Budget[] KINDS = Budget.values();

  private final LongSupplier nanos;
  private final int[] left = new int[KINDS.length];
  private long filledAt;

  /**
   * @param nanos monotonic time
   */
  public Budgets(LongSupplier nanos) {
    this.nanos = nanos;
    filledAt = nanos.getAsLong();
    Arrays.setAll(left, i -> KINDS[i].atOnce);
  }

  /** Takes one. The clock is only asked when there is none left. */
  public void spend(Budget budget) throws Http2Exception {
    int kind = budget.ordinal();
    if (left[kind] == 0) {
      refill();
      if (left[kind] == 0) {
        throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "The client %s", budget.words);
      }
    }
    left[kind]--;
  }

  /** Whole seconds since the last time fill every budget. */
  private void refill() {
    long seconds = (nanos.getAsLong() - filledAt) / SECOND;
    if (seconds > 0) {
      filledAt += seconds * SECOND;
      for (Budget budget : KINDS) {
        long more = left[budget.ordinal()] + seconds * budget.perSecond;
        left[budget.ordinal()] = (int) Math.min(budget.atOnce, more);
      }
    }
  }

  /** Data that we send are what WINDOW_UPDATE frames are for. */
  public void earnUpdates(int bytes) {
    int kind = Budget.WINDOW_UPDATES.ordinal();
    int most = Budget.WINDOW_UPDATES.atOnce;
    left[kind] = Math.min(most, left[kind] + bytes / BYTES_AN_UPDATE + 1);
  }
}
