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

  /**
   * A replica is ours and has the streams of many clients on one connection: gRPC servers measure
   * each round trip with a PING. It is not trusted with everything either.
   */
  private static final int REPLICA_FACTOR = 20;

  private final LongSupplier nanos;
  private final String who;
  private final int factor;
  private final int[] left = new int[KINDS.length];
  private long filledAt;

  /**
   * @param nanos monotonic time
   */
  public Budgets(LongSupplier nanos) {
    this(nanos, "The client ", 1);
  }

  private Budgets(LongSupplier nanos, String who, int factor) {
    this.nanos = nanos;
    this.who = who;
    this.factor = factor;
    filledAt = nanos.getAsLong();
    Arrays.setAll(left, i -> KINDS[i].atOnce * factor);
  }

  /** What a replica may do for nothing: more than a client. */
  public static Budgets ofReplica(LongSupplier nanos) {
    return new Budgets(nanos, "The replica ", REPLICA_FACTOR);
  }

  /** Takes one. The clock is only asked when there is none left. */
  public void spend(Budget budget) throws Http2Exception {
    int kind = budget.ordinal();
    if (left[kind] == 0) {
      refill();
      if (left[kind] == 0) {
        throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "%s", who + budget.words);
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
        long more = left[budget.ordinal()] + seconds * budget.perSecond * factor;
        left[budget.ordinal()] = (int) Math.min((long) budget.atOnce * factor, more);
      }
    }
  }

  /** Each stream that we open may be reset once. */
  public void earnReset() {
    left[Budget.RESETS.ordinal()]++;
  }

  /** Data that we send are what WINDOW_UPDATE frames are for. */
  public void earnUpdates(int bytes) {
    int kind = Budget.WINDOW_UPDATES.ordinal();
    int most = Budget.WINDOW_UPDATES.atOnce * factor;
    left[kind] = Math.min(most, left[kind] + bytes / BYTES_AN_UPDATE + 1);
  }
}
