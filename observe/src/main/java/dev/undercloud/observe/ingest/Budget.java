package dev.undercloud.observe.ingest;

/**
 * How much is kept of what comes: so many a second, spread evenly, a second's worth at once. One
 * thread.
 */
final class Budget {
  private final long perSecond;
  private double tokens;
  private long refilled;

  Budget(int perSecond, long nanos) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
    this.refilled = nanos;
  }

  /** Once a drain: what has accrued since the last. */
  void refill(long nanos) {
    tokens = Math.min(perSecond, tokens + (nanos - refilled) / 1e9 * perSecond);
    refilled = nanos;
  }

  boolean take() {
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
