package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Exit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallPartsTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PORT", "8001", "EMPTY", "", "EVIL", "$PORT `id` \\1");

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:$PORT, 127.0.0.1:8001",
    "${PORT}0, 80010",
    "$PORTS, $PORTS",
    "${PORT:-5000}, 8001",
    "${EMPTY:-5000}, 5000",
    "${NONE:-5000}, 5000",
    "${NONE}, ${NONE}",
    "$EVIL, $PORT `id` \\1",
    "$$PORT$, $8001$",
    "'${PORT', '${PORT'",
  })
  void words_take_the_environment_once_without_a_shell(String word, String replaced) {
    assertThat(Words.replace(word, ENVIRONMENT)).isEqualTo(replaced);
  }

  @Test
  void a_shell_command_is_left_alone() {
    Command command = new Command("echo $PORT", List.of("sh", "-c", "echo $PORT"), true);
    assertThat(Words.of(command, ENVIRONMENT)).containsExactly("sh", "-c", "echo $PORT");
  }

  @Test
  void the_name_of_a_process_cannot_confuse_its_stat() {
    String line =
        "42 (a) R 1 (b\n) S 7 40 41 0 -1 4194560 1 0 0 0 10 20 3 4 20 0 1 0 987654 1 55 1844";
    ProcStat stat = ProcStat.parse(line).orElseThrow();
    assertThat(stat).isEqualTo(new ProcStat(42, "a) R 1 (b\n", 'S', 7, 40, 41, 37, 987654, 55));
    assertThat(ProcStat.parse("")).isEmpty();
    assertThat(ProcStat.parse("42 (sh")).isEmpty();
    assertThat(ProcStat.parse("42 (sh) S 1 2")).isEmpty();
  }

  @Test
  void we_find_ourselves() {
    long self = ProcessHandle.current().pid();
    ProcStat stat = ProcStat.of(self).orElseThrow();
    assertThat(stat.alive()).isTrue();
    assertThat(ProcStat.alive(self, stat.startTicks())).isTrue();
    assertThat(ProcStat.alive(self, stat.startTicks() + 1)).isFalse();
    assertThat(ProcStat.pids()).contains(self, 1L);
  }

  @Test
  void init_and_everybody_are_never_signalled() {
    for (long pid : new long[] {0, 1, -1}) {
      assertThatIllegalArgumentException().isThrownBy(() -> Sys.kill(pid, Sys.SIGKILL));
    }
  }

  @Test
  void exits_are_told_in_words() {
    assertThat(exit(0, false)).isEqualTo(new Exit(0, 0, false, "exit code 0"));
    assertThat(exit(137, false)).isEqualTo(new Exit(-1, 9, false, "killed by SIGKILL"));
    assertThat(exit(139, false).words()).isEqualTo("killed by SIGSEGV");
    assertThat(exit(137, true))
        .isEqualTo(new Exit(-1, 9, true, "out of memory: over its limit of 256 MiB"));
    assertThat(exit(127, false).words()).isEqualTo("exit code 127: command not found: gunicorn");
    assertThat(exit(126, false).words()).contains("gunicorn may not be executed");
    assertThat(exit(255, false)).isEqualTo(new Exit(255, 0, false, "exit code 255"));
    assertThat(exit(Exits.UNSEEN, false).words()).contains("not known");
  }

  private static Exit exit(int status, boolean memoryKill) {
    long limit = ByteSize.ofMiB(256).bytes();
    RunRecord record =
        new RunRecord("i", "a", "web.1", "gunicorn", false, null, limit, Cgroup.NONE, null);
    return Exits.of(status, memoryKill, record);
  }

  @Test
  void a_record_survives_its_file(@TempDir Path folder) throws Exception {
    Cgroup cgroup = new Cgroup(List.of(Path.of("/a b"), Path.of("/c=d:e")));
    Address address = new Address.Unix(Path.of("/tmp/ü s"));
    RunRecord record =
        new RunRecord("i", "a", "web.1", "x=\n#", true, address, 5, cgroup, Path.of("/tmp/ü"));
    Path file = folder.resolve("replica");
    record.write(file);
    assertThat(RunRecord.read(file)).contains(record);
    RunRecord tcp =
        new RunRecord(
            "i", "a", "w", "p", false, new Address.Tcp("127.0.0.1", 80), 0, Cgroup.NONE, null);
    tcp.write(file);
    assertThat(RunRecord.read(file)).contains(tcp);
    Files.writeString(file, "memory=many");
    assertThat(RunRecord.read(file)).isEmpty();
  }

  @Test
  void mounts_of_both_versions_are_found() {
    String hybrid =
        """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 /docker/1f /sys/fs/cgroup/mem\\040ory ro - cgroup cgroup rw,memory
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
        """;
    assertThat(CgroupMount.parse(hybrid))
        .containsExactly(
            new CgroupMount(
                "/", Path.of("/sys/fs/cgroup/cpu,cpuacct"), false, Set.of("cpu", "cpuacct")),
            new CgroupMount(
                "/docker/1f", Path.of("/sys/fs/cgroup/mem ory"), false, Set.of("memory")),
            new CgroupMount("/", Path.of("/sys/fs/cgroup/unified"), true, Set.of()));
    assertThat(CgroupMount.ownPath("4:memory:/x\n0::/user.slice/a.scope\n"))
        .isEqualTo("/user.slice/a.scope");
    assertThat(CgroupMount.ownPath("4:memory:/x\n")).isEqualTo("/");
  }

  @Test
  void limits_are_written_as_version_2_wants_them(@TempDir Path top) throws Exception {
    CgroupTree tree = new CgroupTree(top, true, Set.of("cpu", "memory", "pids"));
    Path group = Files.createDirectories(tree.group("shop", "web.1"));
    for (String file : List.of("cpu.max", "memory.max", "memory.swap.max", "pids.max")) {
      Files.createFile(group.resolve(file));
    }
    for (Path level : List.of(top, tree.ours(), tree.ours().resolve("shop"))) {
      Files.writeString(level.resolve("cgroup.subtree_control"), "cpu memory pids\n");
    }
    tree.create("shop", "web.1", new Limits(1.5, ByteSize.ofMiB(256), 64));
    assertThat(group.resolve("cpu.max")).hasContent("150000 100000");
    assertThat(group.resolve("memory.max")).hasContent("268435456");
    assertThat(group.resolve("memory.swap.max")).hasContent("0");
    assertThat(group.resolve("pids.max")).hasContent("64");
  }

  @Test
  void a_group_of_version_2_is_read(@TempDir Path group) throws Exception {
    Files.writeString(group.resolve("cgroup.procs"), "1\n2\n");
    Files.writeString(group.resolve("cpu.stat"), "usage_usec 1500\nuser_usec 1000\n");
    Files.writeString(group.resolve("memory.current"), "5000\n");
    Files.writeString(group.resolve("memory.stat"), "anon 1\ninactive_file 1000\n");
    Files.writeString(group.resolve("memory.events"), "low 0\noom 3\noom_kill 2\n");
    Cgroup cgroup = new Cgroup(List.of(group));
    assertThat(cgroup.oomKills()).isEqualTo(2);
    assertThat(cgroup.usage())
        .contains(new dev.undercloud.runtime.driver.Usage(1_500_000, 4000, 2));
  }

  @Test
  void addresses_of_proc_net_are_read() {
    assertThat(Listeners.address("0100007F:1388")).isEqualTo("127.0.0.1:5000");
    assertThat(Listeners.address("00000000000000000000000001000000:0050"))
        .isEqualTo("[0:0:0:0:0:0:0:1]:80");
  }

  @Test
  void what_executes_a_script_is_needed_too(@TempDir Path folder) throws Exception {
    Path script = Files.writeString(folder.resolve("run"), "#! /usr/bin/env sh\n");
    Path other = Files.writeString(folder.resolve("other"), "#!" + script + " -x\n");
    assertThat(Executables.needs(other, "/nowhere:/bin"))
        .extracting(need -> need.test() + need.path())
        .containsExactly("-x" + other, "-r" + other, "-x" + script, "-r" + script, "-x/bin/sh");
  }
}
