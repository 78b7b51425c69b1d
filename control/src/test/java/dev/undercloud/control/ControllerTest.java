package dev.undercloud.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.control.AppStatus.ReplicaState;
import dev.undercloud.control.AppStatus.State;
import dev.undercloud.control.journal.Journal;
import dev.undercloud.control.journal.SqliteJournal;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.LogLine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ControllerTest {
  @TempDir Path folder;
  Bench bench;
  Controller controller;

  @BeforeEach
  void open() throws InterruptedException {
    bench = new Bench(folder);
    controller = bench.controller();
    assertThat(controller.start().isEmpty()).isTrue();
  }

  @AfterEach
  void close() throws InterruptedException {
    controller.close(Controller.Ending.STOP_ALL);
    assertThat(bench.world.replicas).isEmpty();
    assertThat(bench.table.get().apps()).isEmpty();
  }

  private Set<String> servedReleases() {
    return bench.upstreams().stream().map(Upstream::release).collect(Collectors.toSet());
  }

  @Test
  void deploysAndServesWhenItReturns() throws Exception {
    List<String> steps = new ArrayList<>();
    DeployResult result =
        controller.deploy(
            Bench.spec(2, 1, null),
            (phase, sentence, done, total) -> steps.add(sentence + " " + done + "/" + total));
    assertThat(result.release()).isEqualTo("r1");
    assertThat(result.changed()).isTrue();
    assertThat(bench.upstreams()).extracting(Upstream::replica).containsExactly("web.1", "web.2");
    assertThat(bench.route().hosts()).containsExactly("articles.localhost");
    assertThat(bench.world.runningNames()).containsExactly("web.1", "web.2", "worker.1");
    assertThat(steps).contains("all replicas are healthy 3/3");
    AppStatus status = controller.status();
    assertThat(status.state()).isEqualTo(State.SERVING);
    assertThat(status.release()).isEqualTo("r1");
    assertThat(status.replicas())
        .allSatisfy(r -> {
          assertThat(r.state()).isEqualTo(ReplicaState.HEALTHY);
          assertThat(r.pid()).isPositive();
          assertThat(r.memoryBytes()).isEqualTo(1 << 20);
        });
    assertThat(bench.log)
        .anyMatch(line ->
            line.source() == LogLine.Source.APP
                && "web.1".equals(line.replica())
                && "articles".equals(line.app()));
    assertThat(bench.log.toString()).doesNotContain("swordfish");
    assertThat(bench.world.started.getFirst().environment())
        .containsEntry("SECRET", "swordfish")
        .containsEntry("PATH", "/bin")
        .containsEntry("UNDERCLOUD_APP", "articles");
  }

  @Test
  void replacesTheOldReleaseOnlyWhenTheNewOneIsHealthy() throws Exception {
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    Set<String> seen = ConcurrentHashMap.newKeySet();
    var watching =
        bench.table.follow(table ->
            seen.add(
                table.apps().getFirst().upstreams().stream()
                    .map(Upstream::release)
                    .sorted()
                    .toList()
                    .toString()));
    bench.release = "r2";
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    assertThat(servedReleases()).containsExactly("r2");
    Bench.until(() -> bench.world.running().size() == 2);
    watching.close();
    assertThat(seen).containsExactlyInAnyOrder("[r1, r1]", "[r2, r2]");
    assertThat(bench.retained).contains("r2");
    bench.release = "r3";
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    assertThat(bench.retained).contains("r3").doesNotContain("r1");
  }

  @Test
  void anUnchangedReleaseIsLeftAlone() throws Exception {
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    List<String> before = bench.upstreams().stream().map(Upstream::id).toList();
    DeployResult again = controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    assertThat(again.changed()).isFalse();
    assertThat(again.sentence()).contains("nothing changed");
    assertThat(bench.upstreams()).extracting(Upstream::id).isEqualTo(before);
    assertThat(bench.world.started).hasSize(2);
    controller.deploy(Bench.spec(3, 0, null), Progress.NONE);
    assertThat(bench.upstreams()).extracting(Upstream::id).hasSize(3).containsAll(before);
  }

  @Test
  void aBrokenReleaseChangesNothingAndItsLastWordsAreTold() throws Exception {
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    List<Upstream> before = bench.upstreams();
    bench.release = "r2";
    bench.world.behaviours.put("r2/web", Behaviour.exits(1, "Traceback", "broken on purpose"));
    assertThatThrownBy(() -> controller.deploy(Bench.spec(2, 0, null), Progress.NONE))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("deploy-failed");
              assertThat(e.problem().why()).contains("exit code 1", "broken on purpose");
              assertThat(e.problem().remedy()).contains("goes on serving");
            });
    assertThat(bench.upstreams()).isEqualTo(before);
    Bench.until(() -> bench.world.running().size() == 2);
    assertThat(controller.status().state()).isEqualTo(State.SERVING);
  }

  @Test
  void aReleaseThatNeverListensFailsInWords() throws Exception {
    bench.world.behaviours.put("r1/web", Behaviour.deafOne());
    assertThatThrownBy(() -> controller.deploy(Bench.spec(1, 0, null), Progress.NONE))
        .hasMessageContaining("has not made its socket");
    Bench.until(() -> bench.world.running().isEmpty());
    assertThat(controller.status().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void aFailedBuildChangesNothing() throws Exception {
    controller.deploy(Bench.spec(1, 0, null), Progress.NONE);
    bench.buildFails = CloudException.external("build-failed", "No build", "no pip", "Install it");
    assertThatThrownBy(() -> controller.deploy(Bench.spec(1, 0, null), Progress.NONE))
        .hasMessageContaining("no pip");
    assertThat(servedReleases()).containsExactly("r1");
  }

  @Test
  void theReleaseCommandRunsOncePerRelease() throws Exception {
    controller.deploy(Bench.spec(1, 0, "migrate"), Progress.NONE);
    assertThat(bench.world.started.getFirst().replica()).isEqualTo("release");
    controller.stop(Progress.NONE);
    controller.deploy(Bench.spec(1, 0, "migrate"), Progress.NONE);
    assertThat(bench.world.started).filteredOn(s -> s.replica().equals("release")).hasSize(1);
    bench.release = "r2";
    bench.world.behaviours.put("r2/release", Behaviour.exits(4, "no such table"));
    assertThatThrownBy(() -> controller.deploy(Bench.spec(1, 0, "migrate"), Progress.NONE))
        .hasMessageContaining("exit code 4")
        .hasMessageContaining("no such table");
    assertThat(servedReleases()).containsExactly("r1");
    assertThat(bench.world.started)
        .noneMatch(s -> s.release().equals("r2") && s.replica().equals("web.1"));
  }

  @Test
  void aDeadReplicaIsOutOfTheTableAndReplaced() throws Exception {
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    FakeReplica victim = bench.world.named("web.1");
    bench.world.kill(victim);
    Bench.until(() ->
        bench.upstreams().size() == 2
            && bench.upstreams().stream().noneMatch(u -> u.id().equals(victim.spec.id())));
    assertThat(controller.status().replicas().getFirst().restarts()).isEqualTo(1);
    assertThat(controller.status().replicas().getFirst().lastExit()).contains("SIGKILL");
    assertThat(bench.control()).anyMatch(line -> line.contains("killed by SIGKILL; next try in"));
  }

  @Test
  void aHungReplicaIsTakenOutAndReplaced() throws Exception {
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    FakeReplica hung = bench.world.named("web.2");
    hung.behaviour = Behaviour.HUNG;
    Bench.until(() -> bench.upstreams().size() == 1);
    assertThat(bench.upstreams().getFirst().replica()).isEqualTo("web.1");
    Bench.until(() -> bench.upstreams().size() == 2);
    Bench.until(() -> !hung.running());
    assertThat(bench.control())
        .anyMatch(line -> line.contains("is unhealthy and gets no requests"));
  }

  @Test
  void aSickReplicaComesBackByItself() throws Exception {
    controller.close();
    bench.giveUpAfter = 10_000;
    controller = bench.controller();
    controller.start();
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    FakeReplica sick = bench.world.named("web.2");
    sick.behaviour = Behaviour.answers(500);
    Bench.until(() -> bench.upstreams().size() == 1);
    sick.behaviour = Behaviour.GOOD;
    Bench.until(() -> bench.upstreams().size() == 2);
    assertThat(sick.running()).isTrue();
  }

  @Test
  void aCrashLoopIsSaidOnce() throws Exception {
    controller.deploy(Bench.spec(1, 0, null), Progress.NONE);
    bench.world.behaviours.put("r1/web", Behaviour.exits(3, "cannot reach the database"));
    bench.world.kill(bench.world.named("web.1"));
    Bench.until(() -> controller.status().state() == State.CRASH_LOOP);
    int starts = bench.world.started.size();
    Bench.until(() -> bench.world.started.size() > starts + 2);
    assertThat(bench.control())
        .filteredOn(line -> line.contains("crash loop"))
        .singleElement()
        .asString()
        .contains("exit code 3");
    assertThat(bench.control())
        .filteredOn(line -> line.contains("cannot reach the database"))
        .hasSize(1);
    assertThat(bench.route().upstreams()).isEmpty();
    assertThat(bench.route().why()).contains("crash loop", "exit code 3");
    bench.world.behaviours.clear();
    Bench.until(() -> controller.status().state() == State.SERVING);
    assertThat(bench.control()).anyMatch(line -> line.contains("has left its crash loop"));
  }

  @Test
  void scalesUpAndDownAndKeepsTheCount() throws Exception {
    controller.deploy(Bench.spec(2, 1, null), Progress.NONE);
    controller.scale("web", 4, Progress.NONE);
    assertThat(bench.upstreams()).hasSize(4);
    controller.scale("web", 1, Progress.NONE);
    assertThat(bench.upstreams()).hasSize(1);
    Bench.until(() -> bench.world.runningNames().equals(List.of("web.1", "worker.1")));
    bench.release = "r2";
    controller.deploy(Bench.spec(2, 1, null), Progress.NONE);
    assertThat(bench.upstreams()).hasSize(1);
    bench.release = "r3";
    controller.deploy(Bench.spec(3, 1, null), Progress.NONE);
    assertThat(bench.upstreams()).hasSize(3);
    assertThatThrownBy(() -> controller.scale("wbe", 2, Progress.NONE))
        .hasMessageContaining("web, worker");
  }

  @Test
  void restartReplacesOneAtATimeWithoutAGap() throws Exception {
    controller.deploy(Bench.spec(3, 1, null), Progress.NONE);
    Set<String> before = Set.copyOf(bench.world.replicas.keySet());
    Set<Integer> serving = ConcurrentHashMap.newKeySet();
    var watching =
        bench.table.follow(table -> serving.add(table.apps().getFirst().upstreams().size()));
    controller.restart(Progress.NONE);
    watching.close();
    assertThat(serving).containsExactly(3);
    assertThat(bench.upstreams()).extracting(Upstream::id).doesNotContainAnyElementsOf(before);
    Bench.until(() -> bench.world.running().size() == 4);
  }

  @Test
  void aRestartThatFailsLeavesTheRestServing() throws Exception {
    controller.deploy(Bench.spec(3, 0, null), Progress.NONE);
    List<Upstream> before = bench.upstreams();
    bench.world.behaviours.put("r1/web", Behaviour.exits(1, "config is gone"));
    assertThatThrownBy(() -> controller.restart(Progress.NONE))
        .hasMessageContaining("config is gone");
    Bench.until(() -> bench.world.running().size() == 3);
    assertThat(bench.upstreams()).isEqualTo(before);
    bench.world.behaviours.clear();
    controller.scale("web", 2, Progress.NONE);
    controller.restart(Progress.NONE);
    assertThat(bench.upstreams()).hasSize(2).doesNotContainAnyElementsOf(before);
  }

  @Test
  void drainingWaitsForWhatIsInFlight() throws Exception {
    controller.deploy(Bench.spec(2, 0, null, Duration.ofMinutes(1)), Progress.NONE);
    FakeReplica busy = bench.world.named("web.2");
    bench.inFlight.put(busy.spec.id(), 1);
    controller.scale("web", 1, Progress.NONE);
    assertThat(bench.upstreams()).hasSize(1);
    assertThat(busy.running()).isTrue();
    assertThat(controller.status().replicas())
        .anyMatch(r -> r.name().equals("web.2") && r.state() == ReplicaState.DRAINING);
    bench.inFlight.clear();
    Bench.until(() -> !busy.running());
  }

  @Test
  void drainingEndsWhenItsTimeIsOver() throws Exception {
    controller.deploy(Bench.spec(1, 0, null), Progress.NONE);
    bench.inFlight.put(bench.world.named("web.1").spec.id(), 2);
    controller.stop(Progress.NONE);
    assertThat(bench.world.replicas).isEmpty();
    assertThat(bench.control()).anyMatch(line -> line.contains("2 requests in flight"));
    assertThat(controller.status().state()).isEqualTo(State.STOPPED);
    assertThat(bench.route().why()).contains("stopped");
    controller.restart(Progress.NONE);
    assertThat(bench.upstreams()).hasSize(1);
  }

  @Test
  void oneCommandAtATimeAndStopBreaksItOff() throws Exception {
    bench.world.behaviours.put("r1/web", Behaviour.HUNG);
    CompletableFuture<Throwable> first = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        controller.deploy(Bench.spec(1, 0, null), Progress.NONE);
      } catch (Throwable e) {
        first.complete(e);
      }
    });
    Bench.until(() -> !bench.world.running().isEmpty());
    assertThatThrownBy(() -> controller.deploy(Bench.spec(1, 0, null), Progress.NONE))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> assertThat(e.problem().code()).isEqualTo("deploy-in-progress"));
    controller.stop(Progress.NONE);
    assertThat(first.join())
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> assertThat(e.problem().code()).isEqualTo("deploy-cancelled"));
    assertThat(bench.world.replicas).isEmpty();
  }

  @Test
  void aDriverThatRefusesFailsTheDeployInItsWords() {
    bench.world.refusesStarts = true;
    assertThatThrownBy(() -> controller.deploy(Bench.spec(1, 0, null), Progress.NONE))
        .hasMessageContaining("no process left");
  }

  @Test
  void aClosingThatIsInterruptedLeavesNothingBehind() throws Exception {
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    Thread.currentThread().interrupt();
    controller.close(Controller.Ending.STOP_ALL);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(bench.world.replicas).isEmpty();
    controller = bench.controller();
    assertThat(controller.start().isEmpty()).isTrue();
    assertThat(controller.deploy(Bench.spec(2, 0, null), Progress.NONE).changed()).isTrue();
  }

  @Test
  void aDiskThatIsFullDoesNotDisturbWhatServes() throws Exception {
    controller.close();
    SqliteJournal real = SqliteJournal.open(bench.database());
    AtomicBoolean full = new AtomicBoolean();
    Journal journal =
        (Journal)
            Proxy.newProxyInstance(
                Journal.class.getClassLoader(),
                new Class<?>[] {Journal.class},
                (proxy, method, arguments) -> {
                  if (full.get() && !method.getName().equals("close")) {
                    throw CloudException.resource(
                        "disk-full", "No state", "disk full", "Free some");
                  }
                  try {
                    return method.invoke(real, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    controller = new Controller(bench.config(), bench.parts(bench.world), journal);
    controller.start();
    controller.deploy(Bench.spec(2, 0, null), Progress.NONE);
    full.set(true);
    FakeReplica victim = bench.world.named("web.2");
    bench.world.kill(victim);
    Bench.until(() -> controller.status().replicas().get(1).lastExit().contains("disk full"));
    assertThat(bench.upstreams()).hasSize(1);
    bench.release = "r2";
    assertThatThrownBy(() -> controller.deploy(Bench.spec(2, 0, null), Progress.NONE))
        .hasMessageContaining("disk full");
    assertThat(bench.upstreams()).extracting(Upstream::release).containsExactly("r1");
    full.set(false);
    Bench.until(() -> bench.upstreams().size() == 2);
  }

  @Test
  void twoControllersOfOneAppAreRefused() {
    assertThatThrownBy(() -> bench.controller())
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.problem().code()).isEqualTo("app-in-use"));
  }
}
