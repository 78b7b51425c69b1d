package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;

/** A state folder with a driver, and what tests ask of the host afterwards. */
final class ProcessFixture implements AutoCloseable {
  final Path home;
  final Path run;
  final Path source;
  final List<LogLine> said = new CopyOnWriteArrayList<>();
  ProcessDriver driver;

  private final Function<String, Cgroups> cgroups;

  ProcessFixture(Path folder) {
    this(folder, Cgroups::probe);
  }

  /**
   * @param cgroups finds the cgroups that the driver may use
   */
  ProcessFixture(Path folder, Function<String, Cgroups> cgroups) {
    this.cgroups = cgroups;
    home = folder.resolve("state");
    run = home.resolve("run");
    source = home.resolve("source");
    try {
      Files.createDirectories(source);
      // Temporary folders are private; users of apps must be able to pass.
      for (Path open : List.of(folder, home, source)) {
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    driver = open();
  }

  ProcessDriver open() {
    return new ProcessDriver(new Host(home, run, cgroups), Clock.system(), said::add);
  }

  ProcessDriver crashAndRestart() {
    driver.close();
    driver = open();
    return driver;
  }

  static Command words(String... words) {
    return new Command(String.join(" ", words), List.of(words), false);
  }

  static Command shell(String text) {
    return new Command(text, List.of("sh", "-c", text), true);
  }

  ReplicaSpec spec(String id, Command command) {
    return spec("shop", id, command, Map.of(), Listen.NONE, Limits.NONE);
  }

  ReplicaSpec spec(
      String app,
      String id,
      Command command,
      Map<String, String> environment,
      Listen listen,
      Limits limits) {
    Map<String, String> all = new HashMap<>(environment);
    all.putIfAbsent("PATH", "/usr/bin:/bin");
    Path data = home.resolve("data-" + app);
    return new ReplicaSpec(id, app, "web.1", "r1", command, all, source, data, listen, limits);
  }

  /** No process, cgroup, file or socket of the replica is left. */
  void assertNothingLeft(Handle handle) {
    assertThat(ProcStat.alive(handle.pid(), handle.startTicks())).isFalse();
    String mark = new Host(home, run).mark();
    for (ProcStat stat : ProcStat.all()) {
      if (stat.alive()
          && ProcStat.environment(stat.pid(), Members.STATE).equals(Optional.of(mark))) {
        assertThat(ProcStat.environment(stat.pid(), Members.REPLICA))
            .as(stat.toString())
            .isNotEqualTo(Optional.of(handle.id()));
      }
    }
    assertThat(run.resolve(handle.id())).doesNotExist();
    if (handle.address() instanceof Address.Unix unix) {
      assertThat(unix.path().getParent()).doesNotExist();
    }
    assertThat(cgroupsNamed(handle.id())).isEmpty();
  }

  private List<Path> cgroupsNamed(String id) {
    String mark = new Host(home, run).mark();
    try (Stream<Path> walk =
        Files.find(
            Path.of("/sys/fs/cgroup"),
            6,
            (path, attributes) -> path.endsWith(id) && path.toString().contains("/" + mark))) {
      return walk.toList();
    } catch (IOException | UncheckedIOException gone) {
      // Somebody else's group vanished while we looked.
      return cgroupsNamed(id);
    }
  }

  @Override
  public void close() {
    driver.sweep("shop", List.of());
    driver.sweep("blog", List.of());
    driver.close();
  }
}
