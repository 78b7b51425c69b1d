package dev.undercloud.runtime.process;

/** A token bucket: so much a second, twice that at once. One thread. */
final class Rate {
  private final double perNano;
  private final double most;
  private double tokens;
  private long last;

  Rate(double perSecond, long now) {
    perNano = perSecond / 1e9;
    most = perSecond * 2;
    tokens = most;
    last = now;
  }

  /** How much may pass at {@code now}, in nanoseconds of one monotonic clock. */
  long available(long now) {
    tokens = Math.min(most, tokens + (now - last) * perNano);
    last = now;
    return (long) tokens;
  }

  void take(long amount) {
    tokens -= amount;
  }
}
