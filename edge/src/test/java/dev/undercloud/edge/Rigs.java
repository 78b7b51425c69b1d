package dev.undercloud.edge;

import dev.undercloud.edge.net.Transport;
import dev.undercloud.edge.proxy.ClientLimits;
import java.time.Duration;

/** Configurations that several tests want. */
public final class Rigs {
  private Rigs() {}

  public static EdgeConfig with(EdgeConfig c, Transport transport) {
    return new EdgeConfig(
        c.listen(), c.threads(), transport, c.ringCapacity(), c.client(), c.upstream());
  }

  public static EdgeConfig single(EdgeConfig c) {
    return new EdgeConfig(c.listen(), 1, c.transport(), c.ringCapacity(), c.client(), c.upstream());
  }

  /** Client limits with short times, for tests of what happens when they pass. */
  public static ClientLimits hasty() {
    Duration moment = Duration.ofMillis(400);
    return new ClientLimits(
        1_000, 1_000, moment, moment, moment, 2_000, 32 << 10, moment, moment, moment);
  }
}
