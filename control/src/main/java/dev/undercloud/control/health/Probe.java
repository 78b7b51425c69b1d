package dev.undercloud.control.health;

import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.route.Address;

/** Asks one replica once whether it serves. Blocking, safe for any thread. */
@FunctionalInterface
public interface Probe {
  /**
   * Takes at most {@link HealthCheck#timeout}. Never throws for what the replica does.
   *
   * @param host what the Host header says: the app's own
   */
  Answer ask(Address address, String host, HealthCheck check);
}
