package dev.undercloud.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.route.Address;
import dev.undercloud.runtime.driver.Exit;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Lines;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a replica comes, what it finds, and what is left when it goes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProcessLifeTest {
  private static final Duration GRACE = Duration.ofSeconds(20);

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

  private Handle start(String id, String script) {
    return fixture.driver.start(fixture.spec(id, ProcessFixture.shell(script)), lines);
  }

  private Exit exit(Handle handle) {
    return fixture.driver.exit(handle).orTimeout(30, TimeUnit.SECONDS).join();
  }

  private String say(String id, String script) {
    Handle handle = start(id, script);
    assertThat(exit(handle).words()).isEqualTo("exit code 0");
    fixture.assertNothingLeft(handle);
    return String.join("\n", lines.all());
  }

  @Test
  void the_environment_is_the_apps_and_nothing_else() {
    Map<String, String> own =
        Map.of("A", "$B `id` \"'\n\\x", "LD_PRELOAD", "", "LD_LIBRARY_PATH", "/it's", "ENV", "/no");
    Handle handle =
        fixture.driver.start(
            fixture.spec(
                "shop",
                "shop.web.1",
                ProcessFixture.words("env", "-0"),
                own,
                Listen.UNIX,
                Limits.NONE),
            lines);
    exit(handle);
    String mark = new Host(fixture.home, fixture.run).mark();
    assertThat(String.join("\n", lines.all()))
        .contains("A=$B `id` \"'\n\\x")
        .contains("LD_LIBRARY_PATH=/it's")
        .contains("SOCKET=" + ((Address.Unix) handle.address()).path())
        .contains("HOME=" + fixture.home.resolve("data-shop"))
        .contains("UNDERCLOUD_REPLICA=shop.web.1")
        .contains("UNDERCLOUD_STATE=" + mark)
        .doesNotContain("COVERED", "JAVA_HOME", "OLDPWD", "PWD", "UNDERCLOUD_STAT=");
  }

  @Test
  void it_leads_its_own_session_with_the_pid_we_know() {
    Handle handle = start("shop.web.1", "read -r s </proc/$$/stat; echo \"$s\"; sleep 60");
    ProcStat stat = ProcStat.parse(lines.await(line -> line.contains(" (sh) "))).orElseThrow();
    assertThat(stat.pid()).isEqualTo(handle.pid());
    assertThat(stat.session()).isEqualTo(handle.pid());
    assertThat(stat.group()).isEqualTo(handle.pid());
    assertThat(stat.startTicks()).isEqualTo(handle.startTicks());
    fixture.driver.stop(handle, GRACE);
    assertThat(exit(handle)).isEqualTo(new Exit(-1, 15, false, "killed by SIGTERM"));
  }

  @Test
  void privileges_are_gone_for_good() {
    String status = say("shop.web.1", "cat /proc/self/status; ulimit -c; umask; ls -nd $HOME");
    assertThat(status).contains("NoNewPrivs:\t1").contains("\n0\n");
    Assumptions.assumeTrue(fixture.driver.capabilities().dropsPrivileges());
    int user = fixture.driver.runAs().userOf("shop");
    assertThat(user).isBetween(RunAs.FIRST, RunAs.LAST);
    assertThat(status)
        .contains("Uid:\t" + user + "\t" + user + "\t" + user)
        .contains("Gid:\t" + user + "\t" + user + "\t" + user)
        .containsPattern("Groups:\\s*\n")
        .contains("CapPrm:\t0000000000000000", "CapEff:\t0000000000000000")
        .contains("CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000")
        .contains(" " + user + " " + user + " ");
  }

  @Test
  void every_app_has_a_user_of_its_own_for_ever() {
    RunAs users = RunAs.probe(fixture.home);
    List<Integer> given =
        java.util.stream.IntStream.range(0, 200).mapToObj(i -> users.userOf("app-" + i)).toList();
    assertThat(given).doesNotHaveDuplicates();
    assertThat(RunAs.probe(fixture.home).userOf("app-77")).isEqualTo(given.get(77));
  }

  @Test
  void an_app_may_open_its_standard_output_again() {
    assertThat(say("shop.web.1", "echo one >>/dev/stdout; echo two >>/dev/stderr"))
        .isEqualTo("one\ntwo");
  }

  @Test
  void what_the_user_of_the_app_cannot_reach_runs_as_ourselves_and_that_is_said()
      throws IOException {
    Assumptions.assumeTrue(fixture.driver.capabilities().dropsPrivileges());
    Path secret = Files.createDirectory(fixture.home.resolve("secret"));
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
    Path program = Files.copy(Path.of("/bin/sh"), secret.resolve("mysh"));
    assertThat(fixture.driver.runAs().reachable(program)).isFalse();
    assertThat(fixture.driver.runAs().reachable(Path.of("/bin/sh"))).isTrue();
    Handle handle =
        fixture.driver.start(
            fixture.spec("shop.web.1", ProcessFixture.words(program.toString(), "-c", "id -u")),
            lines);
    exit(handle);
    assertThat(lines.all()).containsExactly("0");
    assertThat(fixture.said)
        .anySatisfy(line -> assertThat(line.message()).contains("runs as root", "" + program));
  }

  @Test
  void a_unix_socket_is_there_for_it_alone() throws IOException {
    serves("shop.web.1", fixture.run);
  }

  @Test
  void a_path_too_long_for_a_socket_is_replaced_by_a_short_one() throws IOException {
    fixture.driver.close();
    Path deep = fixture.home.resolve("d".repeat(100));
    fixture.driver =
        new ProcessDriver(
            fixture.home, deep, dev.undercloud.core.time.Clock.system(), fixture.said::add);
    serves("shop.web.1", deep);
  }

  private void serves(String id, Path run) throws IOException {
    String server =
        "import socket,os,sys; s=socket.socket(socket.AF_UNIX); s.bind(os.environ['SOCKET']);"
            + " s.listen(); print('up', flush=True); c=s.accept()[0]; c.sendall(b'hello')";
    Handle handle =
        fixture.driver.start(
            fixture.spec(
                "shop",
                id,
                ProcessFixture.words("/usr/bin/python3", "-c", server),
                Map.of(),
                Listen.UNIX,
                Limits.NONE),
            lines);
    lines.await("up");
    Path socket = ((Address.Unix) handle.address()).path();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
        .isEqualTo("rwx------");
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      java.nio.ByteBuffer answer = java.nio.ByteBuffer.allocate(16);
      assertThat(channel.read(answer)).isEqualTo(5);
    }
    exit(handle);
    assertThat(run.resolve(id)).doesNotExist();
    fixture.assertNothingLeft(handle);
  }

  @Test
  void ports_are_given_once_and_put_into_the_words() {
    Handle[] handles = new Handle[20];
    for (int i = 0; i < handles.length; i++) {
      handles[i] =
          fixture.driver.start(
              fixture.spec(
                  "shop",
                  "shop.web." + i,
                  ProcessFixture.words("echo", "port=$PORT", "${PORT}"),
                  Map.of(),
                  Listen.TCP,
                  Limits.NONE),
              lines);
    }
    assertThat(handles).extracting(Handle::address).doesNotHaveDuplicates();
    for (Handle handle : handles) {
      exit(handle);
      int port = ((Address.Tcp) handle.address()).port();
      assertThat(lines.all()).contains("port=" + port + " " + port);
    }
  }

  @Test
  void an_app_that_listens_on_a_port_of_its_own_choice_is_found_out() {
    String server =
        "import socket,time; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen();"
            + " print(s.getsockname()[1], flush=True); time.sleep(60)";
    Handle handle =
        fixture.driver.start(
            fixture.spec(
                "shop",
                "shop.web.1",
                ProcessFixture.words("/usr/bin/python3", "-c", server),
                Map.of(),
                Listen.TCP,
                Limits.NONE),
            lines);
    String port = lines.await(line -> line.matches("\\d+"));
    int wanted = ((Address.Tcp) handle.address()).port();
    assertThat(fixture.driver.listensElsewhere(handle))
        .contains("it listens on 127.0.0.1:" + port + ", not on $PORT (" + wanted + ")");
    fixture.driver.stop(handle, GRACE);
    assertThat(fixture.driver.listensElsewhere(handle)).isEmpty();
  }

  @Test
  void one_that_goes_to_the_background_is_ended_and_told_why() {
    Handle handle = start("shop.web.1", "sleep 65 & echo started; sleep 0.2");
    assertThat(exit(handle).words()).startsWith("exit code 0: it went to the background");
    fixture.assertNothingLeft(handle);
  }

  @Test
  void a_worker_may_finish_in_the_grace_after_its_leader_went() {
    String script =
        "(trap 'sleep 0.5; echo finished; exit' TERM; echo ready; while :; do sleep 0.05; done) &"
            + " wait";
    Handle handle = start("shop.web.1", script);
    lines.await("ready");
    fixture.driver.stop(handle, GRACE);
    assertThat(lines.all()).containsSubsequence("ready", "finished");
  }

  @Test
  void what_cannot_be_executed_is_refused_in_words() throws IOException {
    assertRefused("no-such-program", "command not found: no-such-program");
    assertRefused("./no-such-file", "there is no file ./no-such-file");
    Files.writeString(fixture.source.resolve("data"), "x");
    assertRefused("./data", "may not be executed");
    assertThat(fixture.run).isEmptyDirectory();
  }

  private void assertRefused(String program, String why) {
    assertThatThrownBy(() ->
            fixture.driver.start(fixture.spec("shop.web.1", ProcessFixture.words(program)), lines))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.problem().why()).contains(why));
  }

  @Test
  void a_missing_command_in_a_shell_line_is_told() {
    Handle handle = start("shop.web.1", "exec gunicron app:app");
    assertThat(exit(handle).words())
        .isEqualTo("exit code 127: a command in `exec gunicron app:app` was not found");
    assertThat(lines.all()).anyMatch(line -> line.contains("gunicron"));
  }

  @Test
  void after_kill_9_of_us_it_lives_on_and_is_taken_over() throws Exception {
    String script = "echo ready; i=0; while :; do i=$((i+1)); echo line $i; sleep 0.02; done";
    Handle handle = orphan("shop.web.1", script);
    assertThat(ProcStat.alive(handle.pid(), handle.startTicks())).isTrue();
    assertThat(fixture.driver.adopt(handle, lines)).isTrue();
    lines.await(line -> line.startsWith("line"));
    int at = lines.all().size();
    lines.await(line -> lines.all().size() > at + 20);
    List<Integer> numbers =
        lines.all().stream()
            .filter(line -> line.startsWith("line "))
            .map(line -> Integer.valueOf(line.substring(5)))
            .toList();
    for (int i = 1; i < numbers.size(); i++) {
      assertThat(numbers.get(i)).isEqualTo(numbers.get(i - 1) + 1);
    }
    assertThat(fixture.driver.usage(handle)).isPresent();
    Sys.kill(handle.pid(), Sys.SIGKILL);
    assertThat(exit(handle).words()).contains("not known");
    fixture.assertNothingLeft(handle);
  }

  @Test
  void after_kill_9_of_us_a_sweep_finds_what_nobody_journaled() throws Exception {
    Handle handle = orphan("shop.web.1", "setsid sleep 62 & sleep 63");
    assertThat(fixture.driver.sweep("blog", List.of())).isEmpty();
    assertThat(fixture.driver.sweep("shop", List.of("shop.web.1"))).isEmpty();
    assertThat(ProcStat.alive(handle.pid(), handle.startTicks())).isTrue();
    assertThat(fixture.driver.sweep("shop", List.of())).containsExactly("shop.web.1");
    fixture.assertNothingLeft(handle);
  }

  @Test
  void a_sweep_needs_no_files_of_ours() throws Exception {
    Handle handle = orphan("shop.web.1", "sleep 64");
    RunFiles.removeTree(fixture.run);
    assertThat(fixture.driver.sweep("shop", List.of())).containsExactly("shop.web.1");
    fixture.assertNothingLeft(handle);
  }

  @Test
  void a_start_that_was_cut_off_before_it_was_anything_is_swept() throws Exception {
    Host host = new Host(fixture.home, fixture.run);
    host.cgroups().create("shop", "shop.web.9", Limits.NONE);
    ProcessBuilder builder = new ProcessBuilder("sleep", "66");
    builder.environment().put(Members.STATE, host.mark());
    builder.environment().put(Members.APP, "shop");
    builder.environment().put(Members.REPLICA, "shop.web.9");
    Process process = builder.start();
    awaitCommand(process.pid(), "sleep\00066\0");
    assertThat(fixture.driver.sweep("shop", List.of())).containsExactly("shop.web.9");
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    fixture.assertNothingLeft(new Handle("shop.web.9", process.pid(), 1, null));
  }

  @Test
  void the_last_words_of_one_that_died_unseen_are_still_told() throws Exception {
    Handle handle = orphan("shop.web.1", "sleep 1; echo last words; exit 5");
    while (ProcStat.alive(handle.pid(), handle.startTicks())) {
      Thread.sleep(20);
    }
    assertThat(fixture.driver.adopt(handle, lines)).isFalse();
    assertThat(lines.all()).containsExactly("last words");
    fixture.assertNothingLeft(handle);
  }

  @Test
  void a_normal_user_runs_replicas_as_itself_and_is_told_what_that_loses() throws Exception {
    Assumptions.assumeTrue(fixture.driver.capabilities().dropsPrivileges(), "needs root");
    int user = 60_123;
    Path home = Files.createDirectory(folder.resolve("commoner"));
    RunFiles.own(home, user);
    List<String> command = new ArrayList<>(RunAs.probe(fixture.home).words(user));
    command.addAll(java(Commoner.class, home.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = process.inputReader().readAllAsString();
    Assumptions.assumeFalse(said.contains("Permission denied"), "classes are not readable to all");
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said)
        .contains("user " + user, "killed by SIGTERM", "left 0")
        .containsPattern("processes [1-3]\n")
        .contains("not enforced", "run as the user of Undercloud itself");
  }

  private static List<String> java(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** A replica whose Undercloud was killed with SIGKILL. */
  private Handle orphan(String id, String script) throws Exception {
    Process parent =
        new ProcessBuilder(java(Orphaner.class, folder.toString(), id, script))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var reader = parent.inputReader()) {
      String[] words = Optional.ofNullable(reader.readLine()).orElse("").split(" ");
      Handle handle = new Handle(id, Long.parseLong(words[0]), Long.parseLong(words[1]), null);
      awaitCommand(handle.pid(), "sh\0-c\0" + script + "\0");
      return handle;
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  /** Waits until a process is what it is meant to become. */
  private static void awaitCommand(long pid, String commandLine) throws Exception {
    Path file = Path.of("/proc/" + pid + "/cmdline");
    while (!Files.readString(file).equals(commandLine)) {
      Thread.sleep(5);
    }
  }
}
