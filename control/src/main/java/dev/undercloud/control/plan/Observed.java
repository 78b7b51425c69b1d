package dev.undercloud.control.plan;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is there. Immutable; {@link #after} gives the next one.
 *
 * @param replicas by id, until nothing is left of them
 * @param crashes by slot, revision and epoch
 * @param published ids the edge routes to; null before anything was published
 */
public record Observed(
    Map<String, Replica> replicas,
    Map<Replica.Key, Crashes> crashes,
    @Nullable List<String> published) {
  public static final Observed NOTHING = new Observed(Map.of(), Map.of(), null);

  public Observed {
    replicas = Collections.unmodifiableMap(new TreeMap<>(replicas));
    crashes = Map.copyOf(crashes);
    published = published == null ? null : List.copyOf(published);
  }

  public Crashes crashes(Replica.Key key) {
    return crashes.getOrDefault(key, Crashes.NONE);
  }

  /**
   * What is there after {@code event}. Events of replicas that are gone, or that come too late to
   * mean anything, change nothing.
   *
   * @param now monotonic nanoseconds
   */
  public Observed after(Event event, long now, Pace pace) {
    return new Transition(this, now, pace).on(event);
  }

  /** Forgets the crashes of revisions before {@code revision}. */
  public Observed forgetBefore(long revision) {
    Map<Replica.Key, Crashes> kept = new HashMap<>(crashes);
    kept.keySet().removeIf(key -> key.revision() < revision);
    return new Observed(replicas, kept, published);
  }

  /** Ends the streaks of a revision's crashes: the next starts are due now. */
  public Observed forgive(long revision) {
    Map<Replica.Key, Crashes> kept = new HashMap<>(crashes);
    kept.replaceAll((key, old) -> key.revision() == revision ? old.over() : old);
    return new Observed(replicas, kept, published);
  }

  Observed with(Replica replica) {
    Map<String, Replica> changed = new TreeMap<>(replicas);
    changed.put(replica.id(), replica);
    return new Observed(changed, crashes, published);
  }

  Observed without(String id) {
    Map<String, Replica> changed = new TreeMap<>(replicas);
    changed.remove(id);
    return new Observed(changed, crashes, published);
  }

  Observed with(Replica.Key key, Crashes changed) {
    Map<Replica.Key, Crashes> all = new HashMap<>(crashes);
    all.put(key, changed);
    return new Observed(replicas, all, published);
  }
}
