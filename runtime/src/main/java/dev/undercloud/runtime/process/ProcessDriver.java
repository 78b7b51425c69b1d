package dev.undercloud.runtime.process;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Capabilities;
import dev.undercloud.runtime.driver.Confinement;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Output;
import dev.undercloud.runtime.driver.ReplicaSpec;
import dev.undercloud.runtime.driver.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs replicas as processes of this host. Each is the leader of a session of its own, in cgroups
 * of its own where the host gives us any, with a user of its own where we are root, and writes to a
 * file: it neither notices nor minds when we die.
 *
 * <p>Any thread, blocking. Two drivers of one state folder, in two processes, may work at the same
 * time as long as their apps differ.
 */
public final class ProcessDriver implements Driver, AutoCloseable {
  /** Between two looks at whether the kernel has killed something for memory. */
  private static final Duration MEMORY_LOOK = Duration.ofSeconds(1);

  /** How long a leftover may take to end by itself. */
  private static final Duration SWEEP_GRACE = Duration.ofSeconds(2);

  /** After SIGKILL a process that is still there waits for the kernel. */
  private static final Duration HANGING = Duration.ofSeconds(30);

  private final Host host;
  private final Clock clock;
  private final LogSink log;
  private final Tailer tailer;
  private final Map<String, Replica> replicas = new ConcurrentHashMap<>();
  private final Ended ended = new Ended();
  private volatile boolean closed;

  /**
   * Returns at once; begins to find out what the host allows.
   *
   * @param stateHome the state folder; its path is the mark of everything we leave on the host
   * @param runDirectory for files of running replicas, lost with a reboot or not
   * @param log takes what the driver has to say by itself
   */
  public ProcessDriver(Path stateHome, Path runDirectory, Clock clock, LogSink log) {
    this(new Host(stateHome, runDirectory), clock, log);
  }

  ProcessDriver(Host host, Clock clock, LogSink log) {
    this.host = host;
    this.clock = clock;
    this.log = log;
    tailer = new Tailer(clock);
    host.lookAhead();
    Thread.ofVirtual().name("memory-watch").start(this::watchMemory);
  }

  @Override
  public String name() {
    return "process";
  }

  @Override
  public Capabilities capabilities() {
    return host.capabilities();
  }

  /** Which users replicas run as here; a builder asks it which interpreters they can reach. */
  public RunAs runAs() {
    return host.runAs();
  }

  /** What holds builds to a part of this machine; nothing where there are no cgroups. */
  public Confinement builds() {
    return new BuildGroups(
        host, clock, Runtime.getRuntime().availableProcessors(), ProcStat.memoryOfMachine());
  }

  /** Where cgroups can be made, and with which controllers; empty where nowhere. */
  public String describeCgroups() {
    return host.cgroups().describe();
  }

  /** The hard limit of open descriptors of this process, which replicas inherit. */
  public static long openFilesLimit() {
    return Launch.hardLimitOfFiles();
  }

  @Override
  public Handle start(ReplicaSpec spec, Output output) {
    Starting starting = new Starting(host, spec, line -> say(spec.app(), spec.replica(), line));
    Replica replica = starting.start(clock, output);
    watch(replica);
    return new Handle(
        spec.id(), replica.members.pid(), replica.members.startTicks(), replica.record.address());
  }

  @Override
  public boolean adopt(Handle handle, Output output) {
    Replica known = replicas.get(handle.id());
    if (known != null) {
      return known.members.leaderAlive();
    }
    Replica replica = restore(handle, output);
    boolean alive = replica.members.leaderAlive();
    watch(replica);
    if (!alive) {
      replica.exit().join();
    }
    return alive;
  }

  /** A replica of an earlier process, from the files it left. */
  private Replica restore(Handle handle, @Nullable Output output) {
    RunFiles files = host.files(handle.id());
    RunRecord record = RunRecord.read(files.record()).orElseGet(() -> unrecorded(handle));
    Members members =
        new Members(handle.id(), host.mark(), handle.pid(), handle.startTicks(), record.cgroup());
    Tail tail = null;
    if (output != null) {
      try {
        tail = Tail.open(files.output(), files.offset(), clock, output);
      } catch (IOException e) {
        say(record.app(), record.replica(), "the output of " + handle.id() + " is lost: " + e);
      }
    }
    host.addresses().taken(record.address());
    return new Replica(record, files, members, null, tail, clock);
  }

  /** Its files are lost, with the folder of an earlier boot or by a hand: what else is known. */
  private RunRecord unrecorded(Handle handle) {
    String id = handle.id();
    Cgroup cgroup = host.cgroups().find(id);
    return new RunRecord(id, "", id, "", false, handle.address(), 0, cgroup, null);
  }

  /** Looks after a replica until it has ended and nothing is left of it. */
  private void watch(Replica replica) {
    replicas.put(replica.record.id(), replica);
    if (replica.tail() != null) {
      tailer.add(replica.tail());
    }
    Thread.ofVirtual()
        .name("reaper-" + replica.record.id())
        .start(() -> {
          try {
            Optional<Integer> status = replica.awaitLeader(() -> closed);
            if (status.isPresent()) {
              end(replica, status.get());
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void end(Replica replica, int status) throws InterruptedException {
    RunRecord record = replica.record;
    Exit exit = replica.describe(status);
    try {
      replica.endRest();
      if (replica.tail() != null) {
        tailer.drain(replica.tail());
      }
      replica.remove();
    } catch (IOException e) {
      say(record.app(), record.replica(), "something is left of " + record.id() + ": " + e);
    } finally {
      host.addresses().release(record.address());
      ended.add(record.id(), exit);
      replicas.remove(record.id(), replica);
      replica.gone(exit);
    }
  }

  @Override
  public CompletableFuture<Exit> exit(Handle handle) {
    Replica replica = replicas.get(handle.id());
    if (replica != null) {
      return replica.exit();
    }
    Exit unknown = new Exit(-1, 0, false, "ended; how is not known");
    return CompletableFuture.completedFuture(ended.of(handle.id()).orElse(unknown));
  }

  @Override
  public void stop(Handle handle, Duration grace) {
    Replica replica = replicas.get(handle.id());
    if (replica == null) {
      if (ended.of(handle.id()).isPresent()) {
        return;
      }
      replica = restore(handle, null);
      watch(replica);
    }
    try {
      stop(replica, grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stop(Replica replica, Duration grace) throws InterruptedException {
    replica.stop(grace);
    if (replica.awaitGone(grace)) {
      return;
    }
    replica.kill();
    if (!replica.awaitGone(HANGING)) {
      throw CloudException.resource(
          "replica-hangs",
          replica.record.id() + " (pid " + replica.members.pid() + ") cannot be ended",
          "it hangs in the kernel, which keeps even SIGKILL from it",
          "look at its disk or network file system; a reboot ends it for sure");
    }
  }

  @Override
  public Optional<Usage> usage(Handle handle) {
    return Optional.ofNullable(replicas.get(handle.id())).flatMap(Replica::usage);
  }

  @Override
  public Optional<String> listensElsewhere(Handle handle) {
    Replica replica = replicas.get(handle.id());
    return replica == null
        ? Optional.empty()
        : Listeners.elsewhere(replica.members.alive(), handle.address());
  }

  @Override
  public List<String> sweep(String app, Collection<String> keep) {
    List<String> swept = new ArrayList<>();
    for (Handle handle : new Leftovers(host).of(app)) {
      if (!keep.contains(handle.id())) {
        stop(handle, SWEEP_GRACE);
        swept.add(handle.id());
      }
    }
    return swept;
  }

  /** Tells of processes that the kernel kills while the leader lives on, as of a worker. */
  private void watchMemory() {
    try {
      while (!closed) {
        clock.sleep(MEMORY_LOOK);
        for (Replica replica : replicas.values()) {
          replica
              .memoryKill()
              .ifPresent(words -> say(replica.record.app(), replica.record.replica(), words));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(String app, String replica, String words) {
    String of = app.isEmpty() ? null : app;
    log.log(new LogLine(clock.now(), LogLine.Source.CONTROL, of, replica, null, words));
  }

  /** Lets go of all replicas: they run on, and a later driver can adopt them. */
  @Override
  public void close() {
    closed = true;
    tailer.close();
  }
}
