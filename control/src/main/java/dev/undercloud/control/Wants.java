package dev.undercloud.control;

import dev.undercloud.control.journal.Revision;
import dev.undercloud.control.journal.ScaleRow;
import dev.undercloud.control.plan.Pace;
import dev.undercloud.control.plan.Target;
import dev.undercloud.control.plan.Want;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** From what the app's files say to what the planner wants. */
final class Wants {
  /** Beside the grace of its replicas, for the machine to be slow in. */
  private static final Duration ROLLOUT_SLACK = Duration.ofSeconds(30);

  private Wants() {}

  static Target of(Revision revision, long epoch, Map<String, ScaleRow> scales) {
    Map<String, Want> wants = new TreeMap<>();
    for (ProcessSpec process : revision.spec().processes().values()) {
      ScaleRow scale = scales.get(process.name());
      int count =
          scale != null && scale.declared() == process.replicas()
              ? scale.count()
              : process.replicas();
      wants.put(
          process.name(),
          new Want(
              count, process.isWeb() && process.listen() != Listen.NONE, process.health().grace()));
    }
    return new Target(revision.number(), epoch, wants);
  }

  /** How long a rollout may take: its replicas start a few at a time. */
  static Duration limit(Target target, Pace pace) {
    Duration grace =
        target.wants().values().stream()
            .map(Want::grace)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    int waves = Math.max(1, Math.ceilDiv(target.replicas(), pace.startsAtOnce()));
    return grace.multipliedBy(waves).plus(ROLLOUT_SLACK);
  }

  /** The spec with no say on counts: what decides whether replicas have to be replaced. */
  static AppSpec withoutCounts(AppSpec spec) {
    Map<String, ProcessSpec> processes = new TreeMap<>();
    spec.processes().forEach((name, process) -> processes.put(name, process.withReplicas(0)));
    return new AppSpec(
        spec.name(),
        spec.directory(),
        spec.isolation(),
        spec.environment(),
        processes,
        spec.release(),
        spec.build(),
        spec.hosts());
  }
}
