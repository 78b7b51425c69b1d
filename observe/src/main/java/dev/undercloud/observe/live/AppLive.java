package dev.undercloud.observe.live;

import java.util.List;

/**
 * An app's last minute, as the edge saw it.
 *
 * @param app its name; empty for exchanges that reached none
 * @param count exchanges since the start
 * @param last10 its last ten seconds
 * @param last60 its last minute
 * @param inFlight on all its replicas now
 * @param replicas those that served in the last minutes
 */
public record AppLive(
    String app, long count, Rates last10, Rates last60, int inFlight, List<ReplicaLive> replicas) {
  public AppLive {
    replicas = List.copyOf(replicas);
  }

  /** One of {@link #replicas}, by its name among people; one that served nothing is all zero. */
  public ReplicaLive replica(String name) {
    return replicas.stream()
        .filter(r -> r.replica().equals(name))
        .reduce((earlier, later) -> later)
        .orElse(new ReplicaLive(name, "", 0, Rates.NONE, Rates.NONE, 0, -1));
  }
}
