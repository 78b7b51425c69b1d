package dev.undercloud.observe;

import dev.undercloud.core.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Time that passes when a test says so. Wall and monotonic time can be set apart. */
public final class FakeClock implements Clock {
  private Instant now;
  private long nanos = 1_000_000_000_000L;

  public FakeClock(String now) {
    this.now = Instant.parse(now);
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public void sleep(Duration duration) {
    pass(duration);
  }

  public synchronized void pass(Duration duration) {
    now = now.plus(duration);
    nanos += duration.toNanos();
  }

  /** Somebody sets the machine's clock. */
  public synchronized void set(String wall) {
    now = Instant.parse(wall);
  }
}
