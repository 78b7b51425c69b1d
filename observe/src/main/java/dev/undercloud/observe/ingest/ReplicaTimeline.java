package dev.undercloud.observe.ingest;

/**
 * What a replica is known to have worked on lately, in wall microseconds. One thread.
 *
 * <p>It answers one question: was exactly one exchange on it around some moment, for certain?
 */
final class ReplicaTimeline {
  /** Exchanges remembered; where more fall into one window nothing is certain anyway. */
  private static final int REMEMBERED = 64;

  /** Work without an id that we know: makes nothing certain. */
  static final long UNKNOWN = 0;

  /** A health check. */
  static final long HEALTH = -1;

  static final int NONE = -1;

  private final long[] ids = new long[REMEMBERED];
  private final long[] starts = new long[REMEMBERED];
  private final long[] ends = new long[REMEMBERED];
  private int next;
  private int filled;

  /** Everything that began before this is in here. */
  private long settled = Long.MIN_VALUE;

  /** Where nothing was in flight at the last look; holds once the rings were read again. */
  private long quiet = Long.MIN_VALUE;

  /** The upstream that bears the replica's name now; more than one lately is not certain. */
  private String upstreamId = "";

  private long upstreamSince = Long.MIN_VALUE;

  void add(long id, long start, long end) {
    ids[next] = id;
    starts[next] = start;
    ends[next] = end;
    next = (next + 1) % REMEMBERED;
    filled = Math.min(filled + 1, REMEMBERED);
  }

  void upstream(String id, long now) {
    if (!id.equals(upstreamId)) {
      if (!upstreamId.isEmpty()) {
        upstreamSince = now;
      }
      upstreamId = id;
    }
  }

  String upstreamId() {
    return upstreamId;
  }

  /** At each drain, before the rings are read: whether nothing is in flight at {@code now}. */
  void look(boolean idle, long now) {
    settled = Math.max(settled, quiet);
    if (idle) {
      quiet = now;
    }
  }

  boolean settledAt(long moment) {
    return settled >= moment;
  }

  /**
   * The index of the only exchange that was on the replica in the {@code margin} before {@code
   * moment}; {@link #NONE} where there was none or where it is not certain.
   */
  int onlyOne(long moment, long margin) {
    if (upstreamSince != Long.MIN_VALUE && moment - margin <= upstreamSince) {
      return NONE;
    }
    int found = NONE;
    for (int i = 0; i < filled; i++) {
      if (starts[i] <= moment && ends[i] >= moment - margin) {
        if (found >= 0 || ids[i] == UNKNOWN || ids[i] == HEALTH) {
          return NONE;
        }
        found = i;
      }
    }
    return overrun(moment - margin) ? NONE : found;
  }

  /** Whether health checks, and nothing else, were on the replica then. */
  boolean onlyHealth(long moment, long margin) {
    boolean found = false;
    for (int i = 0; i < filled; i++) {
      if (starts[i] <= moment && ends[i] >= moment - margin) {
        if (ids[i] != HEALTH) {
          return false;
        }
        found = true;
      }
    }
    return found && !overrun(moment - margin);
  }

  long id(int index) {
    return ids[index];
  }

  long end(int index) {
    return ends[index];
  }

  /** Whether exchanges of that time may have been overwritten. */
  private boolean overrun(long from) {
    return filled == REMEMBERED && ends[next] >= from;
  }
}
