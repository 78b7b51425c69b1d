package dev.undercloud.runtime.process;

import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A replica that this driver looks after. One virtual thread waits for its leader's end and then
 * removes everything; whoever wants to stop it only asks, and waits for that.
 */
final class Replica {
  /** Between two looks at whether an adopted leader, or what survives a leader, still runs. */
  private static final Duration LOOK = Duration.ofMillis(20);

  /** The same without cgroups, where a look goes through all processes of the host. */
  private static final Duration SLOW_LOOK = Duration.ofMillis(100);

  /** Between two looks at an adopted leader. */
  private static final Duration ADOPTED_LOOK = Duration.ofMillis(200);

  /** After this a process that survives SIGKILL hangs in the kernel; nobody can end it. */
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(20);

  /** How long before the end of the leader a memory kill of the kernel counts as its cause. */
  private static final Duration MEMORY_KILL_FRESH = Duration.ofSeconds(10);

  final RunRecord record;
  final RunFiles files;
  final Members members;

  /** Handed out as copies only: nobody else completes it. */
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();

  /** Completed after {@link #exit}, so that who was told to stop it finds that done. */
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  private final @Nullable Process process;
  private final @Nullable Tail tail;
  private final Clock clock;

  /** Until when processes may take to end by themselves, in the clock's nanoseconds. */
  private volatile long deadline;

  private volatile boolean stopping;
  private volatile long memoryKills;
  private volatile long memoryKillAt;

  /**
   * @param process where it is a child of ours; null for an adopted one
   * @param tail null where its output cannot be read
   */
  Replica(
      RunRecord record,
      RunFiles files,
      Members members,
      @Nullable Process process,
      @Nullable Tail tail,
      Clock clock) {
    this.record = record;
    this.files = files;
    this.members = members;
    this.process = process;
    this.tail = tail;
    this.clock = clock;
    memoryKills = record.cgroup().oomKills();
    memoryKillAt = clock.nanos() - MEMORY_KILL_FRESH.toNanos();
  }

  @Nullable Tail tail() {
    return tail;
  }

  CompletableFuture<Exit> exit() {
    return exit.copy();
  }

  /** Nothing is left of it. */
  void gone(Exit how) {
    exit.complete(how);
    gone.complete(null);
  }

  /** Waits until nothing is left of it; whether that came about in time. */
  boolean awaitGone(Duration patience) throws InterruptedException {
    try {
      gone.get(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException overdue) {
      return false;
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    }
  }

  /**
   * Waits for the leader's end: its exit status, or {@link Exits#UNSEEN}.
   *
   * @param abandoned whether to stop waiting; then empty
   */
  Optional<Integer> awaitLeader(BooleanSupplier abandoned) throws InterruptedException {
    int status = Exits.UNSEEN;
    if (process != null) {
      status = process.waitFor();
    } else {
      while (members.leaderAlive() && !abandoned.getAsBoolean()) {
        clock.sleep(ADOPTED_LOOK);
      }
    }
    return abandoned.getAsBoolean() ? Optional.empty() : Optional.of(status);
  }

  /** Asks all processes to end, and gives them until {@code grace} is over. */
  void stop(Duration grace) {
    long until = clock.nanos() + grace.toNanos();
    if (!stopping || until - deadline < 0) {
      deadline = until;
    }
    if (!stopping) {
      stopping = true;
      members.terminate();
    }
  }

  /** Whether the time for ending by itself is over. */
  boolean overdue() {
    return !stopping || clock.nanos() - deadline >= 0;
  }

  /** After the leader's end: waits for the rest as long as it was granted, then kills it. */
  void endRest() throws InterruptedException {
    Duration look = record.cgroup().groups().isEmpty() ? SLOW_LOOK : LOOK;
    while (!overdue() && !members.alive().isEmpty()) {
      clock.sleep(look);
    }
    kill();
  }

  /** SIGKILL until nobody is left; whether that was reached. */
  boolean kill() throws InterruptedException {
    long until = clock.nanos() + KILL_PATIENCE.toNanos();
    while (members.kill()) {
      if (clock.nanos() - until > 0) {
        return false;
      }
      clock.sleep(Duration.ofMillis(5));
    }
    return true;
  }

  /**
   * Looks whether the kernel has killed a process for memory.
   *
   * @return what to say of it; empty where nothing new has happened
   */
  Optional<String> memoryKill() {
    long now = record.cgroup().oomKills();
    if (now <= memoryKills) {
      return Optional.empty();
    }
    memoryKills = now;
    memoryKillAt = clock.nanos();
    return Optional.of(
        "[undercloud] the kernel killed a process of this replica: "
            + Exits.of(Exits.UNSEEN, true, record).words());
  }

  /** How it ended, for an exit status. Before what survives its leader is ended. */
  Exit describe(int status) {
    if (status == 0 && !stopping && !members.alive().isEmpty()) {
      return Exits.wentToBackground();
    }
    memoryKill();
    boolean fresh = clock.nanos() - memoryKillAt < MEMORY_KILL_FRESH.toNanos();
    boolean asked = stopping && status != 128 + Sys.SIGKILL;
    return Exits.of(status, fresh && !asked && status != 0, record);
  }

  Optional<Usage> usage() {
    if (gone.isDone() || !members.leaderAlive()) {
      return Optional.empty();
    }
    return Optional.of(record.cgroup().usage().orElseGet(members::usage));
  }

  /** Removes all that it leaves on the host, after its last process. */
  void remove() throws InterruptedException, IOException {
    record.remove(files, clock);
    if (members.pid() == Members.UNKNOWN) {
      // Without its files a start cannot go on; one that was past that point can be seen now.
      kill();
    }
  }
}
