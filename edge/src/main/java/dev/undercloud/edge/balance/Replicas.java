package dev.undercloud.edge.balance;

import dev.undercloud.core.route.Upstream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Every replica that is in a table or still has exchanges in flight, by its id. Any thread. */
public final class Replicas {
  private final ConcurrentHashMap<String, Replica> byId = new ConcurrentHashMap<>();

  /** The replica of {@code upstream}, with the counts it had in earlier tables. */
  public Replica of(Upstream upstream) {
    return byId.computeIfAbsent(upstream.id(), id -> new Replica(upstream));
  }

  /** Exchanges in flight on the replica; 0 where it is unknown. */
  public int inFlight(String id) {
    Replica replica = byId.get(id);
    return replica == null ? 0 : replica.inFlight();
  }

  public Map<String, Integer> inFlight() {
    Map<String, Integer> counts = new HashMap<>();
    byId.forEach((id, replica) -> counts.put(id, replica.inFlight()));
    return counts;
  }

  /** Forgets the idle ones that no table in force names. */
  public void retain(Set<String> named) {
    byId.entrySet().removeIf(e -> !named.contains(e.getKey()) && e.getValue().inFlight() == 0);
  }
}
