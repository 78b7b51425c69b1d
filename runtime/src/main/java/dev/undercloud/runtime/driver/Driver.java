package dev.undercloud.runtime.driver;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs replicas. Few verbs, all safe for any thread and blocking, to be called from virtual
 * threads. Replicas outlive the process that started them: after a crash {@link #adopt} takes over
 * what was journaled, and {@link #sweep} ends what was not.
 */
public interface Driver {
  /** As {@code isolation} names it. */
  String name();

  Capabilities capabilities();

  /**
   * Starts a replica and returns as soon as its process exists; whether it serves is for health
   * checks to find out. The caller journals its intent, with {@link ReplicaSpec#id}, before.
   *
   * @throws dev.undercloud.core.error.CloudException when it cannot be started; then nothing is
   *     left of it
   */
  Handle start(ReplicaSpec spec, Output output);

  /**
   * Takes over a replica that an earlier process started: its output continues where that one
   * stopped reading.
   *
   * @return whether it still runs; if not, what was left of it has been removed
   */
  boolean adopt(Handle handle, Output output);

  /**
   * Completes when the replica's leader has ended and its output was read to the end. For an
   * adopted replica the code is not known.
   */
  CompletableFuture<Exit> exit(Handle handle);

  /**
   * Ends a replica with all its processes: SIGTERM to its group, SIGKILL after {@code grace}.
   * Returns when nothing is left: no process, socket, cgroup or file. Ending one that has ended is
   * fine.
   */
  void stop(Handle handle, Duration grace);

  /** What it uses now; empty when it has ended. */
  Optional<Usage> usage(Handle handle);

  /**
   * Where a running replica listens when it is not where it was told to, in words: {@code it
   * listens on 127.0.0.1:5000, not on $PORT (41873)}. Empty while it listens nowhere. To be asked
   * when a replica does not become healthy.
   */
  default Optional<String> listensElsewhere(Handle handle) {
    return Optional.empty();
  }

  /**
   * Ends every replica of {@code app} that carries this state folder's mark and whose id is not in
   * {@code keep}: what a crash between start and journal left behind. Returns the ids it ended.
   */
  List<String> sweep(String app, Collection<String> keep);
}
