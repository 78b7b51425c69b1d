package dev.undercloud.runtime.memory;

import dev.undercloud.core.route.Address;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Output;
import dev.undercloud.runtime.driver.ReplicaSpec;
import dev.undercloud.runtime.driver.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The machine that replicas in memory live on. It outlives drivers, so that a test can let one
 * crash and a next one adopt. Any thread; what a test tells it happens before the call returns.
 */
public final class MemoryHost {
  private final Map<String, Resident> residents = new LinkedHashMap<>();
  private final List<String> started = new ArrayList<>();
  private Function<ReplicaSpec, Behaviour> behaviours = spec -> Behaviour.runs();
  private long nextPid = 1000;

  /** A replica that lives here. */
  static final class Resident {
    final ReplicaSpec spec;
    final Handle handle;
    final Behaviour behaviour;
    final List<String> unread = new ArrayList<>();
    CompletableFuture<Exit> exit = new CompletableFuture<>();
    @Nullable Output output;
    @Nullable Object owner;
    @Nullable Exit ended;
    Usage usage = new Usage(0, 1 << 20, 1);

    Resident(ReplicaSpec spec, Handle handle, Behaviour behaviour) {
      this.spec = spec;
      this.handle = handle;
      this.behaviour = behaviour;
    }
  }

  /** Says what replicas do that are started from now on. */
  public synchronized void script(Function<ReplicaSpec, Behaviour> script) {
    behaviours = script;
  }

  /** Ids of the replicas that run now, in the order of their starts. */
  public synchronized List<String> running() {
    return residents.values().stream()
        .filter(resident -> resident.ended == null)
        .map(resident -> resident.spec.id())
        .toList();
  }

  /** Ids of all that were ever started, refused ones not. */
  public synchronized List<String> started() {
    return List.copyOf(started);
  }

  /** What a running replica was started with. */
  public synchronized ReplicaSpec spec(String id) {
    return resident(id).spec;
  }

  /** A replica ends by itself: it crashes, or somebody kills it. */
  public synchronized void exit(String id, Exit exit) {
    end(resident(id), exit);
  }

  /** A replica prints a line; without a driver that reads, the next one will. */
  public synchronized void print(String id, String line) {
    Resident resident = resident(id);
    if (resident.output == null) {
      resident.unread.add(line);
    } else {
      resident.output.line(line);
    }
  }

  /** A replica uses this from now on. */
  public synchronized void use(String id, Usage usage) {
    resident(id).usage = usage;
  }

  private Resident resident(String id) {
    Resident resident = residents.get(id);
    if (resident == null || resident.ended != null) {
      throw new IllegalArgumentException("no such replica runs: " + id);
    }
    return resident;
  }

  synchronized Behaviour behaviour(ReplicaSpec spec) {
    return behaviours.apply(spec);
  }

  synchronized Resident add(ReplicaSpec spec, Behaviour behaviour, Object owner, Output output) {
    long pid = nextPid++;
    Address address =
        switch (spec.listen()) {
          case NONE -> null;
          case UNIX -> new Address.Unix(Path.of("/memory/" + pid));
          case TCP -> new Address.Tcp("127.0.0.1", (int) (20_000 + pid % 40_000));
        };
    Resident resident = new Resident(spec, new Handle(spec.id(), pid, pid, address), behaviour);
    resident.owner = owner;
    resident.output = output;
    residents.put(spec.id(), resident);
    started.add(spec.id());
    return resident;
  }

  synchronized void end(Resident resident, Exit exit) {
    if (resident.ended == null) {
      resident.ended = exit;
      if (resident.owner != null) {
        resident.exit.complete(exit);
      }
    }
  }

  synchronized Optional<Resident> find(Handle handle) {
    return Optional.ofNullable(residents.get(handle.id()))
        .filter(resident -> resident.handle.startTicks() == handle.startTicks());
  }

  synchronized List<Resident> of(String app) {
    return residents.values().stream()
        .filter(resident -> resident.ended == null && resident.spec.app().equals(app))
        .toList();
  }

  /** Another driver takes a replica over: output and exit are its own from now on. */
  synchronized boolean take(Resident resident, Object owner, Output output) {
    if (resident.owner != owner) {
      resident.exit = new CompletableFuture<>();
    }
    resident.owner = owner;
    resident.output = output;
    resident.unread.forEach(output::line);
    resident.unread.clear();
    if (resident.ended != null) {
      resident.exit.complete(MemoryDriver.UNSEEN);
    }
    return resident.ended == null;
  }

  /** A driver is gone: nobody reads or waits any more. */
  synchronized void leave(Object owner) {
    for (Resident resident : residents.values()) {
      if (resident.owner == owner) {
        resident.owner = null;
        resident.output = null;
      }
    }
  }
}
