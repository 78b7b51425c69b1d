package dev.undercloud.control.plan;

import java.util.List;

/** What the controller does next; a sentence each in {@code undercloud status} and the log. */
public sealed interface Action {
  /** Starts a replica. */
  record Start(Slot slot, long revision, long epoch) implements Action {}

  /** Ends trying with a replica that is too late or was unhealthy for too long. */
  record GiveUp(String id, String reason) implements Action {}

  /** Lets exchanges in flight end; it is out of the table already. */
  record Drain(String id, String why) implements Action {}

  /** Ends a replica with all its processes. */
  record Stop(String id) implements Action {}

  /**
   * Tells the edge what to route to.
   *
   * @param ids healthy replicas, in the order of their slots
   */
  record Publish(List<String> ids) implements Action {
    public Publish {
      ids = List.copyOf(ids);
    }
  }

  /** Makes what is next current: the switch, journaled before anything follows from it. */
  record Promote() implements Action {}

  /**
   * Gives a rollout up; what serves goes on.
   *
   * @param slot the place that failed
   */
  record FailRollout(Slot slot, String reason) implements Action {}

  /** Gives a restart up: replicas not yet replaced stay. */
  record AbortRestart(Slot slot, String reason) implements Action {}
}
