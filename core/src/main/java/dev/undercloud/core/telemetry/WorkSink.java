package dev.undercloud.core.telemetry;

import java.time.Instant;

/** Hears what replicas were asked that is no exchange, such as health checks. Never waits. */
@FunctionalInterface
public interface WorkSink {
  WorkSink NONE = (upstream, app, replica, from, until) -> {};

  /**
   * @param upstream the id of the replica as {@code Upstream} has it
   * @param replica what people call it: {@code web.1}
   */
  void worked(String upstream, String app, String replica, Instant from, Instant until);
}
