package dev.undercloud.observe.store;

import dev.undercloud.core.unit.ByteSize;
import java.time.Duration;

/**
 * What the store may use.
 *
 * @param disk of all day files; the oldest go first. At least 1 MiB
 * @param retention days older than this go
 * @param minFree left free on the disk for everybody else: below it nothing is written
 */
public record StoreLimits(ByteSize disk, Duration retention, ByteSize minFree) {
  public StoreLimits {
    if (disk.bytes() < 1 << 20) {
      throw new IllegalArgumentException("telemetry needs at least 1 MiB of disk: " + disk);
    }
    if (retention.toDays() < 1) {
      throw new IllegalArgumentException("telemetry is kept for whole days: " + retention);
    }
  }
}
