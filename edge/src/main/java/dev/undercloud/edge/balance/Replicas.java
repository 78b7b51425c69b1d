package dev.undercloud.edge.balance;

import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every replica that is in a table or still has exchanges in flight, by its id, and every app, by
 * its name. Any thread.
 */
public final class Replicas {
  private final ConcurrentHashMap<String, Replica> byId = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Service> services = new ConcurrentHashMap<>();

  /**
   * What is known of a table's replicas and apps.
   *
   * @param replicas by id
   * @param services by app
   */
  public record Known(Map<String, Replica> replicas, Map<String, Service> services) {
    public Known {
      replicas = Map.copyOf(replicas);
      services = Map.copyOf(services);
    }
  }

  /** Those that {@code table} names, with the counts they had in earlier ones. One at a time. */
  public Known adopt(RoutingTable table, long now) {
    Map<String, Replica> replicas = new HashMap<>();
    Map<String, Service> named = new HashMap<>();
    for (AppRoute app : table.apps()) {
      Service service = services.computeIfAbsent(app.app(), name -> new Service(now));
      named.put(app.app(), service);
      // Slow start is for those who join others: alone, somebody has to take all there is.
      boolean others = app.upstreams().stream().anyMatch(u -> byId.containsKey(u.id()));
      for (Upstream upstream : app.upstreams()) {
        if (!byId.containsKey(upstream.id())) {
          byId.put(upstream.id(), new Replica(upstream, others ? now : Replica.NEVER));
          service.breaker().reset();
        }
        replicas.put(upstream.id(), byId.get(upstream.id()));
      }
    }
    services.keySet().retainAll(named.keySet());
    return new Known(replicas, named);
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

  /** How many exchanges wait for room, by app. */
  public Map<String, Integer> waiting() {
    Map<String, Integer> counts = new HashMap<>();
    services.forEach((app, service) -> counts.put(app, service.waiting()));
    return counts;
  }

  /** Forgets the idle ones that no table in force names. */
  public void retain(Set<String> named) {
    byId.entrySet().removeIf(e -> !named.contains(e.getKey()) && e.getValue().inFlight() == 0);
  }
}
