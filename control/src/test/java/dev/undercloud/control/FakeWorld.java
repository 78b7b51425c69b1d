package dev.undercloud.control;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.runtime.driver.Capabilities;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Output;
import dev.undercloud.runtime.driver.ReplicaSpec;
import dev.undercloud.runtime.driver.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A machine with replicas on it, which outlives controllers. */
final class FakeWorld implements Driver {
  final Map<String, FakeReplica> replicas = new ConcurrentHashMap<>();
  final List<ReplicaSpec> started = new CopyOnWriteArrayList<>();

  /** By release and process: {@code r2/web}; what is not named is good. */
  final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();

  volatile boolean refusesStarts;
  private final Path folder;
  private final AtomicLong pids = new AtomicLong(1000);

  FakeWorld(Path folder) {
    this.folder = folder;
  }

  List<FakeReplica> running() {
    return replicas.values().stream().filter(FakeReplica::running).toList();
  }

  List<String> runningNames() {
    return running().stream().map(r -> r.spec.replica()).sorted().toList();
  }

  FakeReplica named(String replica) {
    return running().stream()
        .filter(r -> r.spec.replica().equals(replica))
        .findFirst()
        .orElseThrow();
  }

  void kill(FakeReplica replica) {
    replica.end(new Exit(-1, 9, false, "killed by SIGKILL"));
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(false, false, false, false, List.of());
  }

  @Override
  public Handle start(ReplicaSpec spec, Output output) {
    if (refusesStarts) {
      throw CloudException.resource("no-processes", "No replica", "no process left", "Wait");
    }
    started.add(spec);
    String process = spec.replica().replaceAll("\\..*", "");
    Behaviour behaviour =
        behaviours.getOrDefault(
            spec.release() + "/" + process,
            process.equals("release") ? Behaviour.exits(0, "migrated") : Behaviour.GOOD);
    FakeReplica replica = new FakeReplica(spec, pids.incrementAndGet(), folder, behaviour);
    replicas.put(spec.id(), replica);
    replica.begin(output);
    return replica.handle;
  }

  @Override
  public boolean adopt(Handle handle, Output output) {
    FakeReplica replica = replicas.get(handle.id());
    boolean alive = replica != null && replica.running() && replica.handle.equals(handle);
    if (!alive) {
      replicas.remove(handle.id());
    }
    return alive;
  }

  @Override
  public CompletableFuture<Exit> exit(Handle handle) {
    FakeReplica replica = replicas.get(handle.id());
    return replica == null ? new CompletableFuture<>() : replica.exit;
  }

  @Override
  public void stop(Handle handle, Duration grace) {
    FakeReplica replica = replicas.remove(handle.id());
    if (replica != null) {
      replica.end(new Exit(-1, 15, false, "ended by SIGTERM"));
    }
  }

  @Override
  public Optional<Usage> usage(Handle handle) {
    return Optional.of(new Usage(1, 1 << 20, 1));
  }

  @Override
  public List<String> sweep(String app, Collection<String> keep) {
    List<String> ended = new ArrayList<>();
    for (FakeReplica replica : replicas.values()) {
      if (replica.spec.app().equals(app) && !keep.contains(replica.spec.id())) {
        stop(replica.handle, Duration.ZERO);
        ended.add(replica.spec.id());
      }
    }
    return ended;
  }
}
