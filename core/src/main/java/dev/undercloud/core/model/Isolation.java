package dev.undercloud.core.model;

/** What separates a replica from the host. A constant exists from the moment its driver works. */
public enum Isolation {
  /**
   * A process group of its own, with cgroup limits and dropped privileges where the host allows.
   */
  PROCESS
}
