package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.DriverContract;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Lines;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept with real processes. */
class ProcessDriverTest extends DriverContract {
  @TempDir Path folder;
  private ProcessFixture fixture;

  @BeforeEach
  void open() {
    fixture = new ProcessFixture(folder, this::cgroups);
  }

  /** What the driver may use: whatever this host has. */
  protected Cgroups cgroups(String mark) {
    return Cgroups.probe(mark);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Override
  protected Driver driver() {
    return fixture.driver;
  }

  @Override
  protected Driver crashAndRestart() {
    return fixture.crashAndRestart();
  }

  @Override
  protected ReplicaSpec spec(String app, String id, Role role) {
    // What a test wants printed comes in as files named after the replica.
    String prints =
        "echo ready; n=0; while :; do if [ -f say-%s.$n ]; then cat say-%s.$n; n=$((n+1)); fi;"
                .formatted(id, id)
            + " sleep 0.05; done";
    Command command =
        switch (role) {
          case RUNS -> ProcessFixture.shell(prints);
          case EXITS_WITH_3 -> ProcessFixture.shell("echo one; echo two >&2; exit 3");
          case IGNORES_TERMINATION -> ProcessFixture.shell("trap '' TERM; " + prints);
          case IMPOSSIBLE -> ProcessFixture.words("no-such-program", "--flag");
        };
    return fixture.spec(app, id, command, Map.of(), Listen.UNIX, Limits.NONE);
  }

  private int said;

  @Override
  protected void print(Handle handle, String line) {
    try {
      Path part = fixture.source.resolve("part");
      Files.writeString(part, line + "\n");
      Files.move(part, fixture.source.resolve("say-" + handle.id() + "." + said++));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void assertNothingLeft(Handle handle) {
    fixture.assertNothingLeft(handle);
  }

  @Test
  void a_daemon_that_fled_from_group_and_session_is_ended_too() {
    String flee =
        "import os,time\n"
            + "if os.fork() == 0:\n"
            + "  os.setsid()\n"
            + "  if os.fork() == 0:\n"
            + "    print('fled', os.getpid(), flush=True)\n"
            + "    time.sleep(60)\n"
            + "  os._exit(0)\n"
            + "time.sleep(60)\n";
    Lines lines = new Lines();
    Handle handle =
        fixture.driver.start(
            fixture.spec("shop.web.1", ProcessFixture.words("/usr/bin/python3", "-c", flee)),
            lines);
    long fled = Long.parseLong(lines.await(line -> line.startsWith("fled")).substring(5));
    assertThat(ProcStat.of(fled)).isPresent();
    driver().stop(handle, Duration.ofSeconds(20));
    assertThat(ProcStat.of(fled).filter(ProcStat::alive)).isEmpty();
    fixture.assertNothingLeft(handle);
  }

  @Test
  void what_survives_its_leader_is_ended_with_it() {
    Lines lines = new Lines();
    Handle handle =
        driver()
            .start(
                fixture.spec(
                    "shop.web.1",
                    ProcessFixture.shell("sleep 61 & echo child $!; sleep 0.2; exit 7")),
                lines);
    long child = Long.parseLong(lines.await(line -> line.startsWith("child")).substring(6));
    assertThat(driver().exit(handle).join().words()).isEqualTo("exit code 7");
    assertThat(ProcStat.of(child).filter(ProcStat::alive)).isEmpty();
    fixture.assertNothingLeft(handle);
  }
}
