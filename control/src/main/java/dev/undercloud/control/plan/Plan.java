package dev.undercloud.control.plan;

import java.util.List;

/**
 * What to do now, and when to look again though nothing happens.
 *
 * @param actions in this order; empty when there is nothing to do
 * @param wakeAfterNanos at the latest, from now; {@link Long#MAX_VALUE} for never
 */
public record Plan(List<Action> actions, long wakeAfterNanos) {
  public Plan {
    actions = List.copyOf(actions);
  }
}
