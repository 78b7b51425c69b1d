package dev.undercloud.control.plan;

/** Where a replica is in its life. */
public enum Phase {
  /** The driver was asked to start it. */
  LAUNCHING,
  /** Its process exists and has not yet answered. */
  STARTING,
  /** It answers: the only phase in which it may be routed to. */
  HEALTHY,
  /** It answered once and does not now. */
  UNHEALTHY,
  /** It ended or was given up: what is left of it has to go. */
  UNFIT,
  /** Out of the routing table; exchanges in flight may end. */
  DRAINING,
  /** Nothing is in flight any more. */
  DRAINED,
  /** The driver was asked to end it. */
  STOPPING;

  /** Whether it holds its slot: no other one of its kind may be started. */
  public boolean holdsSlot() {
    return compareTo(UNFIT) < 0;
  }
}
