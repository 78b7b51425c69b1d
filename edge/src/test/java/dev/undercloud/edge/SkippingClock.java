package dev.undercloud.edge;

import dev.undercloud.core.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clock, which a test can put forward. */
final class SkippingClock implements Clock {
  private final AtomicLong skipped = new AtomicLong();

  void skip(Duration time) {
    skipped.addAndGet(time.toNanos());
  }

  @Override
  public Instant now() {
    return Clock.system().now().plusNanos(skipped.get());
  }

  @Override
  public long nanos() {
    return Clock.system().nanos() + skipped.get();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Clock.system().sleep(duration);
  }
}
