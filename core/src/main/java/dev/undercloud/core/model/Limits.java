package dev.undercloud.core.model;

import dev.undercloud.core.unit.ByteSize;
import org.jspecify.annotations.Nullable;

/**
 * What one replica may use at most; null means the machine is the limit.
 *
 * @param cpu in cores, 0.01 to 1024
 * @param memory resident bytes; beyond it the kernel kills the replica
 * @param pids processes and threads; 1 to 4,194,304
 */
public record Limits(@Nullable Double cpu, @Nullable ByteSize memory, @Nullable Integer pids) {
  public static final Limits NONE = new Limits(null, null, null);

  public Limits {
    if (cpu != null) {
      Require.between("cpu", cpu, 0.01, 1024);
    }
    if (memory != null) {
      Require.between("memory", memory.bytes(), 4 << 20, Long.MAX_VALUE);
    }
    if (pids != null) {
      Require.between("pids", pids, 1, 4_194_304);
    }
  }
}
