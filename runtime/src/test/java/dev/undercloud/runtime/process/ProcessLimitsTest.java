package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Lines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel enforces, where it lets us have cgroups. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProcessLimitsTest {
  private static final ByteSize MEMORY = ByteSize.ofMiB(48);
  private static final String HUNGRY =
      "b=[]\nwhile True: b.append(bytearray(1<<20)); b[-1][::4096]=b'x'*256";

  @TempDir Path folder;
  private ProcessFixture fixture;
  private final Lines lines = new Lines();

  @BeforeEach
  void open() {
    fixture = new ProcessFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Handle start(Limits limits, Command command) {
    return fixture.driver.start(
        fixture.spec("shop", "shop.web.1", command, Map.of(), Listen.NONE, limits), lines);
  }

  private static Command python(String code) {
    return ProcessFixture.words("/usr/bin/python3", "-c", code);
  }

  private Exit exit(Handle handle) {
    Exit exit = fixture.driver.exit(handle).orTimeout(30, TimeUnit.SECONDS).join();
    fixture.assertNothingLeft(handle);
    return exit;
  }

  @Test
  void a_replica_over_its_memory_is_killed_and_told_so() {
    Assumptions.assumeTrue(fixture.driver.capabilities().limitsMemory());
    Exit exit = exit(start(new Limits(null, MEMORY, null), python(HUNGRY)));
    assertThat(exit).isEqualTo(new Exit(-1, 9, true, "out of memory: over its limit of 48 MiB"));
  }

  @Test
  void a_worker_that_is_killed_for_memory_is_told_while_its_leader_lives() throws Exception {
    Assumptions.assumeTrue(fixture.driver.capabilities().limitsMemory());
    String code =
        "import os,time\n"
            + "if os.fork() == 0:\n"
            + "  exec(%s)\n".formatted("'''" + HUNGRY + "'''")
            + "os.wait(); print('worker gone', flush=True); time.sleep(60)";
    Handle handle = start(new Limits(null, MEMORY, null), python(code));
    lines.await("worker gone");
    while (fixture.said.stream().noneMatch(line -> line.message().contains("48 MiB"))) {
      Thread.sleep(20);
    }
    assertThat(fixture.driver.exit(handle)).isNotDone();
    fixture.driver.stop(handle, Duration.ofSeconds(10));
    assertThat(exit(handle).words()).isEqualTo("killed by SIGTERM");
  }

  @Test
  void no_more_processes_than_its_limit() {
    Assumptions.assumeTrue(fixture.driver.capabilities().limitsPids());
    String code =
        "import os,time\n"
            + "n=0\n"
            + "try:\n"
            + "  while True:\n"
            + "    if os.fork() == 0: time.sleep(60)\n"
            + "    n+=1\n"
            + "except OSError: print(n, flush=True)\n"
            + "time.sleep(60)";
    Handle handle = start(new Limits(null, null, 20), python(code));
    assertThat(lines.await(line -> !line.isEmpty())).isEqualTo("19");
    assertThat(fixture.driver.usage(handle).orElseThrow().processes()).isEqualTo(20);
    fixture.driver.stop(handle, Duration.ofSeconds(10));
    exit(handle);
  }

  @Test
  void no_more_cores_than_its_limit() throws Exception {
    Assumptions.assumeTrue(fixture.driver.capabilities().limitsCpu());
    long began = Clock.system().nanos();
    Handle handle = start(new Limits(0.1, null, null), python("while True: pass"));
    Thread.sleep(2000);
    long cpu = fixture.driver.usage(handle).orElseThrow().cpuNanos();
    // A tenth of the time, and a few periods; a core without a limit would take all of it.
    long most = (Clock.system().nanos() - began) / 10 + 300_000_000L;
    assertThat(cpu).isBetween(1L, most);
    fixture.driver.stop(handle, Duration.ofSeconds(10));
    exit(handle);
  }

  @Test
  void usage_counts_all_processes_of_a_replica() {
    String code =
        "import os,time\n"
            + "b=bytearray(20<<20)\n"
            + "if os.fork()==0: b=bytearray(b'x'*(10<<20))\n"
            + "print('up', flush=True); time.sleep(60)";
    Handle handle = start(Limits.NONE, python(code));
    lines.await("up");
    var usage = fixture.driver.usage(handle).orElseThrow();
    assertThat(usage.memoryBytes()).isBetween(10L << 20, 200L << 20);
    assertThat(usage.cpuNanos()).isPositive();
    fixture.driver.stop(handle, Duration.ofSeconds(10));
    exit(handle);
  }
}
