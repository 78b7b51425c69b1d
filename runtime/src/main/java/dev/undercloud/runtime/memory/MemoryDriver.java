package dev.undercloud.runtime.memory;

import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Capabilities;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Output;
import dev.undercloud.runtime.driver.ReplicaSpec;
import dev.undercloud.runtime.driver.Usage;
import dev.undercloud.runtime.memory.MemoryHost.Resident;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Pretends to run replicas, on a {@link MemoryHost}. Any thread; it waits, on its clock, only where
 * a {@link Behaviour} says so. Keeps the contract of {@link Driver} as the real ones do.
 */
public final class MemoryDriver implements Driver, AutoCloseable {
  static final Exit UNSEEN = new Exit(-1, 0, false, "ended; how is not known");
  private static final Exit TERMINATED = new Exit(-1, 15, false, "killed by SIGTERM");
  private static final Exit KILLED = new Exit(-1, 9, false, "killed by SIGKILL");

  private final MemoryHost host;
  private final Clock clock;

  public MemoryDriver(MemoryHost host, Clock clock) {
    this.host = host;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(false, false, false, false, List.of("Nothing runs: it is a test."));
  }

  @Override
  public Handle start(ReplicaSpec spec, Output output) {
    Behaviour behaviour = host.behaviour(spec);
    sleep(behaviour.startTakes());
    if (behaviour.refusal() != null) {
      throw behaviour.refusal();
    }
    Resident resident = host.add(spec, behaviour, this, output);
    behaviour.lines().forEach(output::line);
    if (behaviour.exit() != null) {
      host.end(resident, behaviour.exit());
    }
    return resident.handle;
  }

  @Override
  public boolean adopt(Handle handle, Output output) {
    return host.find(handle).map(resident -> host.take(resident, this, output)).orElse(false);
  }

  @Override
  public CompletableFuture<Exit> exit(Handle handle) {
    return host.find(handle)
        .map(resident -> resident.exit)
        .orElseGet(() -> CompletableFuture.completedFuture(UNSEEN));
  }

  @Override
  public void stop(Handle handle, Duration grace) {
    Optional<Resident> resident = host.find(handle).filter(found -> found.ended == null);
    if (resident.isPresent()) {
      boolean deaf = resident.get().behaviour.ignoresTermination();
      if (deaf) {
        sleep(grace);
      }
      host.end(resident.get(), deaf ? KILLED : TERMINATED);
    }
  }

  @Override
  public Optional<Usage> usage(Handle handle) {
    return host.find(handle)
        .filter(resident -> resident.ended == null)
        .map(resident -> resident.usage);
  }

  @Override
  public List<String> sweep(String app, Collection<String> keep) {
    List<String> swept = new ArrayList<>();
    for (Resident resident : host.of(app)) {
      if (!keep.contains(resident.spec.id())) {
        host.end(resident, KILLED);
        swept.add(resident.spec.id());
      }
    }
    return swept;
  }

  /** Dies without a word, as after SIGKILL: replicas run on, unread, until one adopts them. */
  @Override
  public void close() {
    host.leave(this);
  }

  private void sleep(Duration duration) {
    if (duration.isZero()) {
      return;
    }
    try {
      clock.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
