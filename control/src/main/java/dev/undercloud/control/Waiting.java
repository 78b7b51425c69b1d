package dev.undercloud.control;

import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.plan.Crashes;
import dev.undercloud.control.plan.Pace;
import dev.undercloud.control.plan.Phase;
import dev.undercloud.control.plan.Replica;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.control.plan.Target;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.util.List;
import java.util.function.BiFunction;

/** What commands wait for, telling how far it is. On the thread of the command. */
final class Waiting {
  private Waiting() {}

  /** Until a rollout has ended; throws its problem. */
  static void rollout(Loop loop, Revision revision, Progress progress) throws InterruptedException {
    Counter counter = new Counter(progress);
    State.End end =
        loop.await(state -> {
          Target next = state.desired().next();
          if (next != null && next.revision() == revision.number()) {
            counter.tell(healthy(state, next), next.replicas());
          }
          State.End rollout = state.rollout();
          return rollout != null && rollout.revision() == revision.number() ? rollout : null;
        });
    if (end.problem() != null) {
      throw new CloudException(end.problem());
    }
    // The last one to become healthy and the switch are one step.
    counter.finish();
  }

  /**
   * Until everything that is wanted is healthy and nothing else is left in its place; throws when a
   * replica does not start.
   */
  static void serving(
      Loop loop, BiFunction<Slot, Crashes, Problem> problems, Pace pace, Progress progress)
      throws InterruptedException {
    Counter counter = new Counter(progress);
    loop.await(state -> {
      if (state.aborted() != null) {
        throw new CloudException(state.aborted());
      }
      Target active = state.desired().active();
      if (active == null) {
        throw new CloudException(Problems.cancelled("the app"));
      }
      int done = healthy(state, active);
      counter.tell(done, active.replicas());
      if (done == active.replicas()) {
        return overdue(state, active) ? null : Boolean.TRUE;
      }
      for (Slot slot : StatusView.slots(active)) {
        Crashes crashes = StatusView.crashes(state, active, slot);
        if (crashes.streak() >= pace.deployAttempts()
            && !StatusView.any(state, active, slot, Phase.HEALTHY)) {
          throw new CloudException(problems.apply(slot, crashes));
        }
      }
      return null;
    });
  }

  /** Until no replica is left. */
  static void gone(Loop loop, Progress progress) throws InterruptedException {
    int total = loop.state().observed().replicas().size();
    loop.await(state -> {
      int left = state.observed().replicas().size();
      progress.step(
          Progress.Phase.DRAIN, "draining and ending replicas", Math.max(0, total - left), total);
      return left == 0 ? Boolean.TRUE : null;
    });
  }

  private static int healthy(State state, Target target) {
    int count = 0;
    for (Slot slot : StatusView.slots(target)) {
      boolean fresh =
          state.observed().replicas().values().stream()
              .anyMatch(r ->
                  r.slot().equals(slot)
                      && r.revision() == target.revision()
                      && r.epoch() >= target.epoch()
                      && r.phase() == Phase.HEALTHY);
      count += fresh ? 1 : 0;
    }
    return count;
  }

  /** Whether a replica that has no place any more still holds one. */
  private static boolean overdue(State state, Target target) {
    List<Replica> holders =
        state.observed().replicas().values().stream().filter(r -> r.phase().holdsSlot()).toList();
    return holders.stream()
        .anyMatch(r -> !target.covers(r.slot(), r.revision()) || r.epoch() < target.epoch());
  }

  /** Tells each count once. */
  private static final class Counter {
    private final Progress progress;
    private int last = -1;
    private int most;

    Counter(Progress progress) {
      this.progress = progress;
    }

    void finish() {
      tell(most, most);
    }

    void tell(int done, int total) {
      most = total;
      if (done != last) {
        last = done;
        String sentence =
            done < total ? "waiting for healthy replicas" : "all replicas are healthy";
        progress.step(Progress.Phase.START, sentence, done, total);
      }
    }
  }
}
