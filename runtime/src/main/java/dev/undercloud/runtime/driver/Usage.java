package dev.undercloud.runtime.driver;

/**
 * What a replica, with all its processes, uses now.
 *
 * @param cpuNanos processor time since it started
 * @param memoryBytes resident memory
 * @param processes processes in it
 */
public record Usage(long cpuNanos, long memoryBytes, int processes) {
  public static final Usage NONE = new Usage(0, 0, 0);
}
