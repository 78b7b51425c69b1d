package dev.undercloud.core.time;

import java.time.Duration;
import java.time.Instant;

/**
 * Where time comes from. Wall time can jump, either way; only {@link #nanos} measures how long
 * something took. Implementations are safe for any thread.
 */
public interface Clock {
  /** Wall time, for stamps that people read. */
  Instant now();

  /** Monotonic nanoseconds from an arbitrary origin. */
  long nanos();

  /** Blocks the calling (virtual) thread. */
  void sleep(Duration duration) throws InterruptedException;

  /** The machine's clock. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
