package dev.undercloud.control.plan;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of replicas that is wanted.
 *
 * @param revision of the app: source and settings; grows with every deploy
 * @param epoch replicas started in an earlier one are to be replaced, one at a time: a restart
 * @param wants by process type
 */
public record Target(long revision, long epoch, Map<String, Want> wants) {
  public Target {
    wants = Collections.unmodifiableMap(new TreeMap<>(wants));
  }

  public @Nullable Want want(String process) {
    return wants.get(process);
  }

  /** Whether a replica of {@code revision} in {@code slot} belongs to this target, of any epoch. */
  public boolean covers(Slot slot, long ofRevision) {
    Want want = wants.get(slot.process());
    return ofRevision == revision && want != null && slot.ordinal() <= want.count();
  }

  public int replicas() {
    return wants.values().stream().mapToInt(Want::count).sum();
  }

  public Target withEpoch(long wanted) {
    return new Target(revision, wanted, wants);
  }

  public Target withCount(String process, int count) {
    Want want = wants.get(process);
    if (want == null) {
      throw new IllegalArgumentException("no such process: " + process);
    }
    Map<String, Want> changed = new TreeMap<>(wants);
    changed.put(process, want.withCount(count));
    return new Target(revision, epoch, changed);
  }
}
