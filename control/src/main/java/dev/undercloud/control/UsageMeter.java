package dev.undercloud.control;

import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Usage;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Samples what replicas use. Any thread. */
final class UsageMeter {
  /** Two samples closer than this would measure chance. */
  private static final Duration SHORTEST = Duration.ofMillis(500);

  private final Driver driver;
  private final Clock clock;
  private final Map<String, Sample> samples = new ConcurrentHashMap<>();

  UsageMeter(Driver driver, Clock clock) {
    this.driver = driver;
    this.clock = clock;
  }

  /** The latest sample, taken now unless one was just taken. */
  Sample sample(Handle handle) {
    Sample before = samples.get(handle.id());
    long now = clock.nanos();
    if (before != null && now - before.nanos < SHORTEST.toNanos()) {
      return before;
    }
    Usage usage = driver.usage(handle).orElse(Usage.NONE);
    double cores = 0;
    if (before != null && usage.cpuNanos() >= before.usage.cpuNanos()) {
      cores = (double) (usage.cpuNanos() - before.usage.cpuNanos()) / (now - before.nanos);
    }
    Sample sample = new Sample(now, usage, cores);
    samples.put(handle.id(), sample);
    return sample;
  }

  /** Forgets all but these. */
  void keep(Set<String> ids) {
    samples.keySet().retainAll(ids);
  }

  /**
   * @param cores used since the sample before
   */
  record Sample(long nanos, Usage usage, double cores) {}
}
