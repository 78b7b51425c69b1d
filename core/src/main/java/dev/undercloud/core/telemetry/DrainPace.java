package dev.undercloud.core.telemetry;

import java.time.Duration;

/**
 * How long a thread that drains rings waits between two looks. Waking up costs it more than a
 * record, so the less there is to take the longer it waits; but never so long that a full rate,
 * which may begin at any moment, would fill a ring.
 */
public final class DrainPace {
  private static final Duration CALM = Duration.ofMillis(120);
  private static final Duration BUSY = Duration.ofMillis(40);

  /** Records in one look; some 25,000 a second. */
  private static final int MANY = 1_000;

  private DrainPace() {}

  /**
   * @param taken records of the last look
   */
  public static Duration after(int taken) {
    return taken >= MANY ? BUSY : CALM;
  }
}
