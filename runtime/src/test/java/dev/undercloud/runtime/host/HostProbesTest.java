package dev.undercloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.process.ProcessDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostProbesTest {
  @TempDir Path folder;

  private List<Probe> probes(Path home, String path) {
    Path run = home.resolve("run");
    try (ProcessDriver driver = new ProcessDriver(home, run, Clock.system(), LogSink.NONE)) {
      return new HostProbes(driver, home, run, Map.of("PATH", path)).run();
    }
  }

  private static Probe named(List<Probe> probes, String name) {
    return probes.stream().filter(probe -> probe.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void every_probe_says_what_it_found_and_leaves_nothing() throws Exception {
    List<Probe> probes = probes(folder.resolve("home"), "/usr/bin");
    assertThat(probes).extracting(Probe::name).doesNotHaveDuplicates();
    assertThat(probes).allSatisfy(probe -> assertThat(probe.found()).isNotBlank());
    assertThat(named(probes, "tools").state()).isEqualTo(Probe.State.OK);
    assertThat(named(probes, "state folder").state()).isEqualTo(Probe.State.OK);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void a_broken_interpreter_is_no_interpreter() throws Exception {
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path broken = Files.writeString(bin.resolve("python3.99"), "#!/bin/sh\nexit 127\n");
    broken.toFile().setExecutable(true);
    Path good = Files.writeString(bin.resolve("python3"), "#!/bin/sh\necho $0 3.99.1 False\n");
    good.toFile().setExecutable(true);
    List<Probe> probes = probes(folder, bin.toString());
    assertThat(named(probes, "Python").found())
        .contains("3.99.1 " + good)
        .doesNotContain("python3.99");
    assertThat(named(probes, "venv").found()).contains(good.toString());
    assertThat(named(probes, "venv").state()).isNotEqualTo(Probe.State.OK);
  }

  @Test
  void a_long_path_and_a_missing_uv_have_a_consequence_and_a_remedy() throws Exception {
    Path deep = folder.resolve("d".repeat(120));
    List<Probe> probes = probes(deep, "/nowhere");
    assertThat(named(probes, "socket paths").state()).isEqualTo(Probe.State.FALLBACK);
    assertThat(named(probes, "socket paths").consequence()).contains("107");
  }

  @Test
  void an_unwritable_state_folder_is_told() {
    List<Probe> probes = probes(Path.of("/proc/nowhere"), "/usr/bin");
    assertThat(named(probes, "state folder").state()).isEqualTo(Probe.State.MISSING);
    assertThat(named(probes, "state folder").remedy()).contains("UNDERCLOUD_HOME");
  }
}
