package dev.undercloud.control.plan;

import dev.undercloud.core.unit.Durations;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides. A pure function of what is wanted, what is there and the time: {@link #plan} may be
 * called as often as one likes, and asks for nothing twice once its actions are in {@link
 * Observed}.
 */
public final class Planner {
  private final Desired desired;
  private final Observed observed;
  private final long now;
  private final Pace pace;
  private final List<Action> actions = new ArrayList<>();
  private final Set<String> replacing = new TreeSet<>();
  private long wakeAfter = Long.MAX_VALUE;

  private Planner(Desired desired, Observed observed, long now, Pace pace) {
    this.desired = desired;
    this.observed = observed;
    this.now = now;
    this.pace = pace;
  }

  /**
   * @param now monotonic nanoseconds
   */
  public static Plan plan(Desired desired, Observed observed, long now, Pace pace) {
    return new Planner(desired, observed, now, pace).decide();
  }

  private Plan decide() {
    Target next = desired.next();
    if (next != null) {
      Optional<Action> end = endOfRollout(next);
      if (end.isPresent()) {
        return new Plan(List.of(end.get()), 0);
      }
      wakeAt(desired.deadline());
    }
    Target active = desired.active();
    if (active != null) {
      Optional<Action> end = endOfRestart(active);
      if (end.isPresent()) {
        return new Plan(List.of(end.get()), 0);
      }
    }
    giveUp();
    List<String> service = inService();
    if (!service.equals(observed.published())) {
      actions.add(new Action.Publish(service));
    }
    retire();
    if (active != null) {
      start(active);
    }
    if (next != null) {
      start(next);
    }
    return new Plan(actions, wakeAfter);
  }

  /** All of it healthy: switch. One hopeless, or the time over: give up. */
  private Optional<Action> endOfRollout(Target next) {
    boolean all = true;
    @Nullable Slot behind = null;
    for (Slot slot : slots(next)) {
      Crashes crashes = observed.crashes(new Replica.Key(slot, next.revision(), next.epoch()));
      if (crashes.streak() >= pace.deployAttempts()) {
        return Optional.of(new Action.FailRollout(slot, crashes.lastReason()));
      }
      boolean healthy = fresh(next, slot).stream().anyMatch(r -> r.phase() == Phase.HEALTHY);
      if (!healthy) {
        all = false;
        behind = slot;
      }
    }
    if (all) {
      return Optional.of(new Action.Promote());
    }
    if (behind != null && now - desired.deadline() >= 0) {
      return Optional.of(new Action.FailRollout(behind, "was not healthy in time"));
    }
    return Optional.empty();
  }

  private Optional<Action> endOfRestart(Target active) {
    for (Slot slot : slots(active)) {
      Crashes crashes = observed.crashes(new Replica.Key(slot, active.revision(), active.epoch()));
      if (crashes.streak() >= pace.deployAttempts() && !stale(active, slot).isEmpty()) {
        return Optional.of(new Action.AbortRestart(slot, crashes.lastReason()));
      }
    }
    return Optional.empty();
  }

  private void giveUp() {
    for (Replica replica : observed.replicas().values()) {
      if (replica.phase() == Phase.UNHEALTHY && replica.misses() >= pace.giveUpAfter()) {
        String why = replica.lastMiss() == null ? "did not answer" : replica.lastMiss();
        actions.add(new Action.GiveUp(replica.id(), "was unhealthy for too long: it " + why));
      }
      Want want = want(replica);
      if (replica.phase() == Phase.STARTING && want != null) {
        long due = replica.since() + want.grace().toNanos();
        if (now - due >= 0) {
          String late = "was not ready within " + Durations.format(want.grace());
          String why = replica.lastMiss() == null ? "" : ": it " + replica.lastMiss();
          actions.add(new Action.GiveUp(replica.id(), late + why));
        } else {
          wakeAt(due);
        }
      }
    }
  }

  /** One healthy replica a slot of what is current, the newest; nothing else is routed to. */
  private List<String> inService() {
    Target active = desired.active();
    if (active == null) {
      return List.of();
    }
    return slots(active).stream()
        .filter(slot -> routed(active, slot))
        .flatMap(slot -> bestHealthy(active, slot).stream())
        .map(Replica::id)
        .toList();
  }

  /** Takes out whatever has no place, and clears away what has ended. */
  private void retire() {
    for (Replica replica : observed.replicas().values()) {
      switch (replica.phase()) {
        case LAUNCHING, DRAINING, STOPPING -> {}
        case UNFIT -> {
          if (replica.exited()) {
            actions.add(new Action.Stop(replica.id()));
          } else {
            actions.add(new Action.Drain(replica.id(), "it is given up"));
          }
        }
        case DRAINED -> actions.add(new Action.Stop(replica.id()));
        case STARTING, HEALTHY, UNHEALTHY -> {
          String why = outdated(replica);
          if (why != null) {
            actions.add(new Action.Drain(replica.id(), why));
          }
        }
      }
    }
  }

  /** Why a replica has no place any more, or null while it has one. */
  private @Nullable String outdated(Replica replica) {
    Target active = desired.active();
    Target next = desired.next();
    if (next != null && next.covers(replica.slot(), replica.revision())) {
      return null;
    }
    if (active == null) {
      return "the app is stopped";
    }
    if (active.revision() != replica.revision()) {
      return replica.revision() < active.revision()
          ? "a newer release serves"
          : "its release was given up";
    }
    if (!active.covers(replica.slot(), replica.revision())) {
      return "fewer replicas are wanted";
    }
    boolean replaced =
        bestHealthy(active, replica.slot())
            .filter(best -> !best.id().equals(replica.id()) && best.epoch() >= replica.epoch())
            .isPresent();
    return replaced ? "another one has taken its place" : null;
  }

  private void start(Target target) {
    long starting =
        observed.replicas().values().stream()
            .filter(r -> r.revision() == target.revision())
            .filter(r -> r.phase() == Phase.LAUNCHING || r.phase() == Phase.STARTING)
            .count();
    for (Slot slot : slots(target)) {
      if (!fresh(target, slot).isEmpty()) {
        continue;
      }
      Crashes crashes = observed.crashes(new Replica.Key(slot, target.revision(), target.epoch()));
      if (!crashes.due(now)) {
        wakeAt(crashes.notBefore());
      } else if (starting < pace.startsAtOnce() && mayReplace(target, slot)) {
        actions.add(new Action.Start(slot, target.revision(), target.epoch()));
        starting++;
        if (!stale(target, slot).isEmpty()) {
          replacing.add(slot.process());
        }
      }
    }
  }

  /** In a restart, one replica of a process type is replaced at a time. */
  private boolean mayReplace(Target target, Slot slot) {
    if (stale(target, slot).isEmpty()) {
      return true;
    }
    if (replacing.contains(slot.process())) {
      return false;
    }
    return slots(target).stream()
        .filter(other -> other.process().equals(slot.process()) && !other.equals(slot))
        .noneMatch(other -> inReplacement(target, other));
  }

  private boolean inReplacement(Target target, Slot slot) {
    List<Replica> fresh = fresh(target, slot);
    boolean begun =
        !fresh.isEmpty()
            || observed.crashes(new Replica.Key(slot, target.revision(), target.epoch())).streak()
                > 0;
    return begun && !stale(target, slot).isEmpty();
  }

  /** Replicas that hold the slot and need no replacing. */
  private List<Replica> fresh(Target target, Slot slot) {
    return holders(target, slot).filter(r -> r.epoch() >= target.epoch()).toList();
  }

  /** Replicas that hold the slot until a restart has replaced them. */
  private List<Replica> stale(Target target, Slot slot) {
    return holders(target, slot).filter(r -> r.epoch() < target.epoch()).toList();
  }

  private Stream<Replica> holders(Target target, Slot slot) {
    return observed.replicas().values().stream()
        .filter(r -> r.slot().equals(slot) && r.revision() == target.revision())
        .filter(r -> r.phase().holdsSlot());
  }

  private Optional<Replica> bestHealthy(Target target, Slot slot) {
    return holders(target, slot)
        .filter(r -> r.phase() == Phase.HEALTHY)
        .max(Comparator.comparingLong(Replica::epoch).thenComparing(Replica::id));
  }

  private static boolean routed(Target target, Slot slot) {
    Want want = target.want(slot.process());
    return want != null && want.routed();
  }

  private @Nullable Want want(Replica replica) {
    for (@Nullable Target target : new @Nullable Target[] {desired.next(), desired.active()}) {
      if (target != null && target.covers(replica.slot(), replica.revision())) {
        return target.want(replica.slot().process());
      }
    }
    return null;
  }

  private static List<Slot> slots(Target target) {
    Map<String, Want> wants = new TreeMap<>(target.wants());
    return wants.entrySet().stream()
        .flatMap(e ->
            IntStream.rangeClosed(1, e.getValue().count()).mapToObj(n -> new Slot(e.getKey(), n)))
        .toList();
  }

  private void wakeAt(long nanos) {
    wakeAfter = Math.min(wakeAfter, Math.max(0, nanos - now));
  }
}
