package dev.undercloud.core.config;

import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.model.Isolation;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.model.Timeouts;

/** Every default in one place; a test pins what {@code config explain} makes of them. */
final class Defaults {
  static final Isolation ISOLATION = Isolation.PROCESS;
  static final HealthCheck HEALTH = HealthCheck.DEFAULT;
  static final Timeouts TIMEOUTS = Timeouts.DEFAULT;

  /** What every Python server speaks but those of gRPC. */
  static final Protocol PROTOCOL = Protocol.HTTP1;

  /** Two, so that one can fail or be replaced while the other serves. */
  private static final int WEB_REPLICAS = 2;

  /** One: a second worker, or a second clock, does things twice unless it was made for that. */
  private static final int OTHER_REPLICAS = 1;

  private Defaults() {}

  static int replicas(String process) {
    return process.equals(ProcessSpec.WEB) ? WEB_REPLICAS : OTHER_REPLICAS;
  }
}
