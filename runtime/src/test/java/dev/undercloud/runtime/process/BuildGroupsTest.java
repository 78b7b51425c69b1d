package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Confinement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class BuildGroupsTest {
  @TempDir Path state;

  @Test
  void whatRunsInThereIsBoundedAndEndsWithTheGroup() throws Exception {
    Host host = new Host(state, state.resolve("run"));
    assumeTrue(!host.cgroups().trees().isEmpty(), "this machine gives us no cgroups");
    BuildGroups groups = new BuildGroups(host, Clock.system(), 4, 2L << 30);
    Confinement.Held held = groups.enter();
    List<String> words = new ArrayList<>(held.words());
    words.addAll(List.of("sh", "-c", "cat /proc/self/cgroup; sleep 1000 >/dev/null & echo $!"));
    Process process = new ProcessBuilder(words).start();
    List<String> lines = process.inputReader().readAllLines();
    assertThat(process.waitFor()).isZero();
    assertThat(String.join("\n", lines)).contains("~build/" + ProcessHandle.current().pid() + "-");
    ProcessHandle left = ProcessHandle.of(Long.parseLong(lines.getLast())).orElseThrow();
    held.close();
    left.onExit().get();
    for (CgroupTree tree : host.cgroups().trees()) {
      try (var all = Files.walk(tree.ours(), 2)) {
        assertThat(all.filter(path -> path.endsWith(Path.of(held.words().get(4)).getParent())))
            .isEmpty();
      } catch (java.nio.file.NoSuchFileException nothingOfOurs) {
        assertThat(tree.ours()).doesNotExist();
      }
    }
  }
}
