package dev.undercloud.edge.file;

import dev.undercloud.core.time.Clock;
import java.time.Instant;

/** The time files are stamped with. */
final class Clocks {
  private Clocks() {}

  static Instant now() {
    return Clock.system().now();
  }
}
