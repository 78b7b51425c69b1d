package dev.undercloud.control.plan;

import java.time.Duration;
import java.util.List;

/** Something that happened to a replica, or was begun with one. */
public sealed interface Event {
  /** A start was journaled and asked for. */
  record Starting(String id, Slot slot, long revision, long epoch) implements Event {}

  /** Found alive after a crash of the controller; {@code restarts} is what its slot had then. */
  record Adopted(String id, Slot slot, long revision, long epoch, int restarts) implements Event {}

  /** Its process exists. */
  record Launched(String id) implements Event {}

  /** It could not be started; nothing is left of it. */
  record LaunchFailed(String id, String reason, double chance) implements Event {}

  /** A health check passed. */
  record Passed(String id) implements Event {}

  /**
   * A health check failed.
   *
   * @param patience how long since the last pass this may be just work: zero unless the check timed
   *     out while requests were in flight
   */
  record Missed(String id, String reason, Duration patience) implements Event {}

  /** Its process ended. */
  record Exited(String id, String words, double chance) implements Event {}

  /** It was given up: too late or too long unhealthy. */
  record GivenUp(String id, String reason, double chance) implements Event {}

  record Draining(String id) implements Event {}

  record Drained(String id) implements Event {}

  record Stopping(String id) implements Event {}

  /** Nothing is left of it. */
  record Stopped(String id) implements Event {}

  /** The edge was told to route to these, in this order. */
  record Published(List<String> ids) implements Event {
    public Published {
      ids = List.copyOf(ids);
    }
  }
}
