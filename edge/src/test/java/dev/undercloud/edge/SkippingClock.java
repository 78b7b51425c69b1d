package dev.undercloud.edge;

import dev.undercloud.core.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clock, which a test can put forward. */
public final class SkippingClock implements Clock {
  /** What a look at the world every now and then is sped up to. */
  private static final Duration MOMENT = Duration.ofMillis(2);

  private final AtomicLong skipped = new AtomicLong();
  private final AtomicLong set = new AtomicLong();
  private final AtomicLong sleeps = new AtomicLong();
  private final boolean briefly;

  public SkippingClock() {
    this(false);
  }

  private SkippingClock(boolean briefly) {
    this.briefly = briefly;
  }

  /** One by which nobody sleeps longer than a moment, while no more time passes than that. */
  public static SkippingClock brief() {
    return new SkippingClock(true);
  }

  /** Time passes. */
  public void skip(Duration time) {
    skipped.addAndGet(time.toNanos());
  }

  /** Somebody sets the wall's clock, by so much; nothing passes. */
  public void set(Duration by) {
    set.addAndGet(by.toNanos());
  }

  /** Waits until whoever looks at the world every now and then has had time for some looks. */
  public void letLook() {
    long enough = sleeps.get() + 4;
    Rig.eventually(() -> sleeps.get() >= enough);
  }

  @Override
  public Instant now() {
    return Clock.system().now().plusNanos(skipped.get()).plusNanos(set.get());
  }

  @Override
  public long nanos() {
    return Clock.system().nanos() + skipped.get();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    Clock.system().sleep(briefly ? MOMENT : duration);
    sleeps.incrementAndGet();
  }
}
