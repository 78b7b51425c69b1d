package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The promises that only show under load or in an accident, kept from outside. */
@Timeout(300)
class LifeIT {
  @TempDir Path scratch;
  private Projects projects;

  @BeforeEach
  void prepare() {
    projects = new Projects(scratch);
  }

  @Test
  void aReplicaKilledUnderLoadCostsNoGetAndRepeatsNoPost() throws Exception {
    try (Cloud cloud = projects.probe("killed").up()) {
      cloud.healthy(2);
      Load reads = new Load(cloud, 16, "GET", "/");
      Load writes = new Load(cloud, 4, "POST", "/once");
      for (int kill = 0; kill < 3; kill++) {
        Thread.sleep(1000);
        long victim = cloud.healthyPids().getFirst();
        new ProcessBuilder("kill", "-9", "--", "-" + victim).start().waitFor();
        Cloud.eventually(Duration.ofSeconds(30), () -> !cloud.healthyPids().contains(victim));
        cloud.healthy(2);
      }
      reads.stop();
      writes.stop();
      assertThat(reads.failures).isEmpty();
      assertThat(reads.sent.get()).isGreaterThan(100);
      assertThat(projects.repeated()).isEmpty();
      assertThat(projects.scored().keySet()).containsAll(writes.acknowledged);
      assertThat(writes.failures).hasSizeLessThanOrEqualTo(3 * 4);
    }
  }

  @Test
  void deploysUnderLoadFailNothingAndABadOneChangesNothing() throws Exception {
    try (Cloud cloud = projects.probe("deploys").up()) {
      Load reads = new Load(cloud, 8, "GET", "/");
      Load writes = new Load(cloud, 4, "POST", "/once");
      for (int release = 2; release <= 4; release++) {
        Files.writeString(
            cloud.project.resolve(".env"),
            "PROBE_SCORE=" + projects.score() + "\nPROBE_RELEASE=" + release + "\n");
        cloud.ok("deploy");
        assertThat(Wire.get(cloud, "/").body()).contains("\"release\": \"" + release + "\"");
      }
      Path source = cloud.project.resolve("app.py");
      String good = Files.readString(source);
      Files.writeString(source, "raise SystemExit('broken on purpose')\n" + good);
      Cloud.Done bad = cloud.run("deploy");
      assertThat(bad.status()).isNotZero();
      assertThat(bad.all()).contains("broken on purpose");
      Files.writeString(source, good);
      cloud.ok("restart");
      cloud.ok("scale", "web=3");
      cloud.healthy(3);
      cloud.ok("scale", "web=1");
      cloud.healthy(1);
      assertThat(Wire.get(cloud, "/").body()).contains("\"release\": \"4\"");
      assertThat(reads.stop().failures).isEmpty();
      assertThat(writes.stop().failures).isEmpty();
      assertThat(projects.repeated()).isEmpty();
    }
  }

  @Test
  void replicasOutliveAKillOfTheProductAndAreAdopted() throws Exception {
    try (Cloud cloud = projects.probe("adopted").up()) {
      Set<Long> before = new TreeSet<>(cloud.healthy(2));
      cloud.kill();
      assertThat(before).allMatch(pid -> Files.exists(Path.of("/proc/" + pid)));
      cloud.up();
      Set<Long> after = new TreeSet<>(cloud.healthy(2));
      assertThat(after).isEqualTo(before);
      assertThat(Wire.get(cloud, "/").status()).isEqualTo(200);
      assertThat(cloud.ok("logs", "--json").out()).isNotEmpty();
      assertThat(cloud.down()).isZero();
      assertThat(cloud.processes()).isEmpty();
    }
  }

  @Test
  void killedAtAnyMomentOfADeployTheStateIsOldOrNew() throws Exception {
    try (Cloud cloud = projects.probe("torn").up()) {
      for (int round = 0; round < 4; round++) {
        String release = "r" + round;
        Files.writeString(
            cloud.project.resolve(".env"),
            "PROBE_SCORE=" + projects.score() + "\nPROBE_RELEASE=" + release + "\n");
        Thread deploy = Thread.ofVirtual().start(() -> cloud.run("deploy"));
        Thread.sleep(120L + 330L * round);
        cloud.kill();
        deploy.join();
        cloud.up();
        List<Long> pids = cloud.healthy(2);
        assertThat(Wire.get(cloud, "/").body()).contains("\"release\": \"" + release + "\"");
        // No replica of the torn deploy is left beside those that serve.
        assertThat(leaders(cloud)).containsExactlyInAnyOrderElementsOf(pids);
      }
    }
  }

  /** Session leaders among the processes that carry this state folder: one for each replica. */
  private static List<Long> leaders(Cloud cloud) {
    return cloud.processes().stream()
        .filter(pid -> pid != cloud.process().pid())
        .filter(LifeIT::leads)
        .toList();
  }

  private static boolean leads(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[3]) == pid;
    } catch (IOException ended) {
      return false;
    }
  }

  @Test
  void anAppThatDiesIsRestartedAndACrashLoopIsSaidOnce() throws Exception {
    try (Cloud cloud = projects.probe("dying").up()) {
      cloud.healthy(2);
      assertThat(Wire.get(cloud, "/die").status()).isEqualTo(502);
      Cloud.eventually(
          Duration.ofSeconds(30),
          () -> cloud.replicas().stream().anyMatch(r -> r.path("restarts").asInt() > 0));
      cloud.healthy(2);
      assertThat(cloud.ok("logs").out()).contains("exit code 7");
    }
  }

  @Test
  void twoProjectsShareAStateFolderAndEndAlone() throws Exception {
    try (Cloud first = projects.probe("first").up();
        Cloud second =
            new Cloud(
                    first.home,
                    Cloud.CHECKOUT.resolve("examples/bare"),
                    Map.of("PIP_NO_INDEX", "1"))
                .up()) {
      assertThat(Wire.get(second, "/").status()).isEqualTo(200);
      assertThat(first.ok("status", "--json").json().path("apps")).hasSize(2);
      assertThat(second.down()).isZero();
      assertThat(Wire.get(first, "/").status()).isEqualTo(200);
    }
  }
}
