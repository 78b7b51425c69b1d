package dev.undercloud.control;

import dev.undercloud.control.AppStatus.ReplicaState;
import dev.undercloud.control.AppStatus.ReplicaStatus;
import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.plan.Crashes;
import dev.undercloud.control.plan.Phase;
import dev.undercloud.control.plan.Replica;
import dev.undercloud.control.plan.Slot;
import dev.undercloud.control.plan.Target;
import dev.undercloud.runtime.driver.Handle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** From the controller's state to what people see. Any thread. */
final class StatusView {
  private final Map<String, Live> lives;
  private final UsageMeter usage;

  StatusView(Map<String, Live> lives, UsageMeter usage) {
    this.lives = lives;
    this.usage = usage;
  }

  AppStatus of(State state) {
    Revision known = state.current() != null ? state.current() : state.next();
    Target active = state.desired().active();
    AppStatus.State word = word(state);
    return new AppStatus(
        known == null ? "" : known.spec().name(),
        known == null ? null : known.spec().directory(),
        known == null ? List.of() : known.spec().hosts(),
        active == null || state.current() == null ? null : state.current().release().id(),
        state.next() == null ? null : state.next().release().id(),
        word,
        word == AppStatus.State.SERVING ? "" : Routes.why(state),
        replicas(state));
  }

  private static AppStatus.State word(State state) {
    Target active = state.desired().active();
    if (active == null) {
      return state.next() == null ? AppStatus.State.STOPPED : AppStatus.State.STARTING;
    }
    List<Slot> slots = slots(active);
    if (slots.stream().anyMatch(slot -> crashes(state, active, slot).looping())) {
      return AppStatus.State.CRASH_LOOP;
    }
    if (state.next() != null) {
      return AppStatus.State.DEPLOYING;
    }
    if (slots.stream().allMatch(slot -> any(state, active, slot, Phase.HEALTHY))) {
      return AppStatus.State.SERVING;
    }
    boolean fresh =
        slots.stream()
            .allMatch(slot ->
                crashes(state, active, slot).streak() == 0
                    && !any(state, active, slot, Phase.HEALTHY)
                    && !any(state, active, slot, Phase.UNHEALTHY));
    return fresh ? AppStatus.State.STARTING : AppStatus.State.DEGRADED;
  }

  private List<ReplicaStatus> replicas(State state) {
    List<ReplicaStatus> out = new ArrayList<>();
    state.observed().replicas().values().forEach(replica -> out.add(row(state, replica)));
    Target active = state.desired().active();
    if (active != null) {
      for (Slot slot : slots(active)) {
        boolean held =
            state.observed().replicas().values().stream()
                .anyMatch(r ->
                    r.slot().equals(slot)
                        && r.revision() == active.revision()
                        && r.phase().holdsSlot());
        if (!held) {
          out.add(empty(state, active, slot));
        }
      }
    }
    out.sort(
        Comparator.comparing((ReplicaStatus r) -> slot(r.name())).thenComparing(ReplicaStatus::id));
    return out;
  }

  private static Slot slot(String name) {
    int dot = name.lastIndexOf('.');
    return new Slot(name.substring(0, dot), Integer.parseInt(name.substring(dot + 1)));
  }

  private ReplicaStatus row(State state, Replica replica) {
    Live live = lives.get(replica.id());
    Handle handle = live == null ? null : live.handle;
    boolean counts = handle != null && !replica.exited();
    UsageMeter.@Nullable Sample sample = counts && handle != null ? usage.sample(handle) : null;
    Crashes crashes = state.observed().crashes(replica.key());
    return new ReplicaStatus(
        replica.slot().toString(),
        replica.id(),
        handle == null || replica.exited() ? 0 : handle.pid(),
        word(replica),
        handle == null ? null : handle.address(),
        crashes.total(),
        live == null ? "" : live.release,
        live == null || handle == null ? null : live.startedAt,
        sample == null ? 0 : sample.cores(),
        sample == null ? 0 : sample.usage().memoryBytes(),
        sample == null ? 0 : sample.usage().processes(),
        crashes.lastReason(),
        replica.lastMiss() == null ? "" : replica.lastMiss());
  }

  private static ReplicaStatus empty(State state, Target target, Slot slot) {
    Crashes crashes = crashes(state, target, slot);
    return new ReplicaStatus(
        slot.toString(),
        "",
        0,
        ReplicaState.STOPPED,
        null,
        crashes.total(),
        state.current() == null ? "" : state.current().release().id(),
        null,
        0,
        0,
        0,
        crashes.lastReason(),
        "");
  }

  private static ReplicaState word(Replica replica) {
    return switch (replica.phase()) {
      case LAUNCHING, STARTING -> ReplicaState.STARTING;
      case HEALTHY -> ReplicaState.HEALTHY;
      case UNHEALTHY -> ReplicaState.UNHEALTHY;
      case UNFIT, DRAINING, DRAINED, STOPPING ->
          replica.exited() ? ReplicaState.STOPPED : ReplicaState.DRAINING;
    };
  }

  static List<Slot> slots(Target target) {
    return target.wants().entrySet().stream()
        .flatMap(e ->
            IntStream.rangeClosed(1, e.getValue().count()).mapToObj(n -> new Slot(e.getKey(), n)))
        .toList();
  }

  static Crashes crashes(State state, Target target, Slot slot) {
    return state.observed().crashes(new Replica.Key(slot, target.revision(), target.epoch()));
  }

  static boolean any(State state, Target target, Slot slot, Phase phase) {
    return state.observed().replicas().values().stream()
        .anyMatch(
            r -> r.slot().equals(slot) && r.revision() == target.revision() && r.phase() == phase);
  }
}
