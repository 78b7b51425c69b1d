package dev.undercloud.control;

import dev.undercloud.core.route.Address;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How an app is.
 *
 * @param name empty before anything of it is known
 * @param directory the user's project; null before anything of it is known
 * @param hosts the edge routes to it by
 * @param release what serves; null while nothing does
 * @param next the release being rolled out; null while none is
 * @param state in one word
 * @param why where it is not serving, the reason; else empty
 * @param replicas in the order of their names
 */
public record AppStatus(
    String name,
    @Nullable Path directory,
    List<String> hosts,
    @Nullable String release,
    @Nullable String next,
    State state,
    String why,
    List<ReplicaStatus> replicas) {
  public AppStatus {
    hosts = List.copyOf(hosts);
    replicas = List.copyOf(replicas);
  }

  /** The app in one word; in JSON as {@link #word}. */
  public enum State {
    STARTING,
    SERVING,
    /** It serves, but not with all the replicas that are wanted; or none of them is healthy. */
    DEGRADED,
    DEPLOYING,
    CRASH_LOOP,
    STOPPED;

    /** {@code crash-loop}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** A replica in one word. */
  public enum ReplicaState {
    STARTING,
    HEALTHY,
    UNHEALTHY,
    DRAINING,
    STOPPED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One replica, or the place of one that is not there.
   *
   * @param name {@code web.1}
   * @param id empty for a place without one
   * @param pid 0 while there is no process
   * @param address null where it takes no connections or does not exist
   * @param restarts of its slot since the release was deployed or restarted
   * @param release what it runs
   * @param startedAt null while there is no process
   * @param cpu cores used between the last two samples; 0 while unknown
   * @param memoryBytes resident; 0 while unknown
   * @param processes in it; 0 while unknown
   * @param lastExit why the slot's last replica ended; empty where none did
   * @param lastMiss why the last health check failed; empty where it passed
   */
  public record ReplicaStatus(
      String name,
      String id,
      long pid,
      ReplicaState state,
      @Nullable Address address,
      int restarts,
      String release,
      @Nullable Instant startedAt,
      double cpu,
      long memoryBytes,
      int processes,
      String lastExit,
      String lastMiss) {}
}
