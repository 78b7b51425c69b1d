package dev.undercloud.edge.proxy;

import dev.undercloud.edge.net.Sends;

/** What has bytes for the kernel, and hands them over when its {@link Loop} asks. */
interface Flushable {
  /** Adds what {@link #flushNow}, which follows, would send, where it can be sent with others. */
  default void offer(Sends together) {}

  void flushNow();
}
