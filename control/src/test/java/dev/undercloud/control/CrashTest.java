package dev.undercloud.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.control.AppStatus.State;
import dev.undercloud.control.journal.Journal;
import dev.undercloud.control.journal.SqliteJournal;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.runtime.driver.Driver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kill -9 of the controller at each step of a command: the next controller over the same journal
 * and the same running replicas serves the old release or the new one, all of it, and nothing else
 * is left.
 */
@Timeout(90)
class CrashTest {
  /** Beyond the steps of any command here, so that the last run of each comes through whole. */
  private static final int MOST_STEPS = 80;

  private static final int AT_ONCE = 6;

  @TempDir Path root;

  private interface Work {
    void run(Controller controller) throws Exception;
  }

  /** Runs {@code work} with a crash at every step; returns how many steps it has. */
  private int atEachStep(AppSpec before, Work work) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int first = 0; first < MOST_STEPS; first += AT_ONCE) {
        List<Future<Boolean>> crashed = new ArrayList<>();
        for (int steps = first; steps < first + AT_ONCE; steps++) {
          int allowed = steps;
          crashed.add(executor.submit(() -> atStep(allowed, before, work)));
        }
        for (int i = 0; i < AT_ONCE; i++) {
          if (!crashed.get(i).get()) {
            return first + i;
          }
        }
      }
    }
    throw new AssertionError("never came through");
  }

  /** Whether it crashed, having taken so many steps. */
  private boolean atStep(int steps, AppSpec before, Work work) throws Exception {
    Bench bench = new Bench(Files.createDirectory(root.resolve("after-" + steps)));
    if (before != null) {
      try (Controller first = bench.controller()) {
        first.start();
        first.deploy(before, Progress.NONE);
      }
    }
    boolean crashed = crash(bench, new Fuse(steps), work);
    checkRecovery(bench, before != null, steps % AT_ONCE == 0);
    return crashed;
  }

  private static boolean crash(Bench bench, Fuse fuse, Work work) throws Exception {
    SqliteJournal journal = SqliteJournal.open(bench.database());
    Driver driver = fuse.guard(Driver.class, bench.world);
    Controller doomed =
        new Controller(bench.config(), bench.parts(driver), fuse.guard(Journal.class, journal));
    Thread killer =
        Thread.startVirtualThread(() -> {
          try {
            Bench.until(fuse::blown);
          } catch (InterruptedException e) {
            // It came through.
          }
        });
    try {
      doomed.start();
      work.run(doomed);
      // What goes on behind a command that has returned counts, too.
      Bench.until(() -> fuse.blown() || settled(bench, doomed));
    } catch (Fuse.Crash | IllegalStateException e) {
      assertThat(fuse.blown()).as("a crash of its own: " + e).isTrue();
    }
    killer.interrupt();
    boolean crashed = fuse.blown();
    fuse.settle();
    doomed.close();
    // The edge of a dead process routes no more.
    bench.table.publish(RoutingTable.EMPTY);
    return crashed;
  }

  private static boolean settled(Bench bench, Controller controller) {
    return bench.world.replicas.size() == controller.status().replicas().size()
        && controller.status().replicas().stream()
            .allMatch(r -> r.state() == AppStatus.ReplicaState.HEALTHY);
  }

  private static void checkRecovery(Bench bench, boolean served, boolean thoroughly)
      throws Exception {
    Controller next = bench.controller();
    Recovered found = next.start();
    if (served) {
      Bench.until(() -> next.status().state() == State.SERVING);
    }
    Bench.until(() -> settled(bench, next));
    Set<String> names = new HashSet<>();
    Set<String> releases = new HashSet<>();
    bench.world.replicas.values().forEach(r -> releases.add(r.spec.release()));
    assertThat(bench.world.runningNames())
        .as("found %s", found)
        .allSatisfy(name -> assertThat(names.add(name)).as("two of " + name).isTrue());
    assertThat(releases).as("found %s", found).hasSizeLessThanOrEqualTo(1);
    assertThat(bench.upstreams().stream().map(Upstream::release).collect(Collectors.toSet()))
        .isEqualTo(releases);
    if (thoroughly) {
      deployAgain(bench, next);
    }
    next.close(Controller.Ending.STOP_ALL);
    assertThat(bench.world.replicas).isEmpty();
  }

  /** It is as good as new. */
  private static void deployAgain(Bench bench, Controller next) throws Exception {
    bench.release = "r9";
    next.deploy(Bench.spec(2, 1, "migrate"), Progress.NONE);
    assertThat(bench.upstreams()).extracting(Upstream::release).containsOnly("r9");
    Bench.until(() -> bench.world.running().size() == next.status().replicas().size());
  }

  @Test
  void ofTheFirstDeploy() throws Exception {
    AppSpec spec = Bench.spec(2, 1, "migrate");
    int steps = atEachStep(null, controller -> controller.deploy(spec, Progress.NONE));
    assertThat(steps).isGreaterThan(20);
  }

  @Test
  void ofALaterDeploy() throws Exception {
    int steps =
        atEachStep(
            Bench.spec(2, 1, null),
            controller -> controller.deploy(Bench.spec(2, 1, "migrate"), Progress.NONE));
    assertThat(steps).isGreaterThan(30);
  }

  @Test
  void ofARestart() throws Exception {
    atEachStep(Bench.spec(2, 0, null), controller -> controller.restart(Progress.NONE));
  }

  @Test
  void ofAScale() throws Exception {
    atEachStep(Bench.spec(1, 0, null), c -> c.scale("web", 3, Progress.NONE));
  }
}
