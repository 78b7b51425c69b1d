package dev.undercloud.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.control.AppStatus.State;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.process.ProcessDriver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real Python processes under the process driver. */
@Timeout(60)
class RealProcessTest {
  /** Serves its release's text on its Unix socket. */
  private static final String SERVER =
      """
      import http.server, os, socketserver, sys
      text = open("text").read()
      if text.startswith("broken"):
          sys.exit(text)
      class Handler(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
              self.send_response(200)
              self.send_header("Content-Length", str(len(text)))
              self.end_headers()
              self.wfile.write(text.encode())
          def address_string(self):
              return "somebody"
      class Server(socketserver.ThreadingUnixStreamServer):
          def get_request(self):
              client, _ = super().get_request()
              return client, ("somebody", 0)
      print("serving", text, flush=True)
      Server(os.environ["SOCKET"], Handler).serve_forever()
      """;

  /** Listens on a port of its own choice, as `app.run()` does. */
  private static final String STUBBORN =
      """
      import http.server
      http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler).serve_forever()
      """;

  @TempDir Path folder;
  private Bench bench;
  private Path source;
  private ProcessDriver driver;
  private Controller controller;

  @BeforeEach
  void open() throws Exception {
    // Temporary folders are private; users of replicas must be able to pass.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    bench = new Bench(folder);
    startController();
    release("r1", SERVER, "one");
  }

  private Recovered startController() throws Exception {
    driver = new ProcessDriver(folder, folder.resolve("run"), Clock.system(), bench.log::add);
    Parts parts =
        new Parts(
            driver,
            (app, log) -> bench.release(source),
            bench.parts(driver).edge(),
            bench.table,
            bench.log::add,
            dev.undercloud.core.telemetry.WorkSink.NONE,
            Clock.system(),
            dev.undercloud.core.id.Entropy.fast());
    controller = new Controller(bench.config(), parts);
    return controller.start();
  }

  private void release(String id, String program, String text) throws IOException {
    source = Files.createDirectories(folder.resolve(id));
    Files.writeString(source.resolve("app.py"), program);
    Files.writeString(source.resolve("text"), text);
    bench.release = id;
  }

  private static AppSpec spec(int replicas) {
    AppSpec base = Bench.spec(replicas, 0, null);
    ProcessSpec web = base.processes().get("web");
    Map<String, ProcessSpec> processes = new TreeMap<>();
    processes.put(
        "web",
        new ProcessSpec(
            "web",
            new Command("python3 app.py", List.of("/usr/bin/python3", "app.py"), false),
            Map.of(),
            replicas,
            Listen.UNIX,
            web.health(),
            web.limits(),
            web.timeouts(),
            web.upstreamIdle()));
    return new AppSpec(
        base.name(),
        base.directory(),
        base.isolation(),
        base.environment(),
        processes,
        null,
        base.build(),
        base.hosts());
  }

  @AfterEach
  void close() throws Exception {
    controller.close(Controller.Ending.STOP_ALL);
    assertThat(driver.sweep("articles", List.of())).isEmpty();
    driver.close();
  }

  private static String get(Upstream upstream) throws IOException {
    Address.Unix address = (Address.Unix) upstream.address();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(address.path()));
      channel.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer in = ByteBuffer.allocate(4096);
      while (channel.read(in) >= 0) {}
      String text = StandardCharsets.US_ASCII.decode(in.flip()).toString();
      return text.substring(text.indexOf("\r\n\r\n") + 4);
    }
  }

  private Set<Long> pids() {
    return controller.status().replicas().stream()
        .map(AppStatus.ReplicaStatus::pid)
        .collect(Collectors.toSet());
  }

  private static void kill(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Test
  void deploysFailsScalesAndHeals() throws Exception {
    controller.deploy(spec(2), Progress.NONE);
    assertThat(bench.upstreams()).hasSize(2).allSatisfy(u -> assertThat(get(u)).isEqualTo("one"));
    release("r2", SERVER, "broken on purpose");
    assertThatThrownBy(() -> controller.deploy(spec(2), Progress.NONE))
        .hasMessageContaining("broken on purpose");
    assertThat(bench.upstreams()).hasSize(2).allSatisfy(u -> assertThat(get(u)).isEqualTo("one"));
    release("r3", SERVER, "three");
    controller.deploy(spec(2), Progress.NONE);
    assertThat(bench.upstreams()).hasSize(2).allSatisfy(u -> assertThat(get(u)).isEqualTo("three"));
    controller.scale("web", 3, Progress.NONE);
    assertThat(bench.upstreams()).hasSize(3);
    Set<Long> before = pids();
    kill(before.iterator().next());
    Bench.until(() -> !pids().equals(before) && controller.status().state() == State.SERVING);
    assertThat(bench.upstreams()).hasSize(3).allSatisfy(u -> assertThat(get(u)).isEqualTo("three"));
    assertThat(bench.log).anyMatch(line -> line.message().equals("serving three"));
  }

  @Test
  void theNextControllerAdoptsWhatRuns() throws Exception {
    controller.deploy(spec(2), Progress.NONE);
    Set<Long> before = pids();
    controller.close(Controller.Ending.DETACH);
    driver.close();
    kill(before.iterator().next());
    Recovered found = startController();
    assertThat(found.adopted()).hasSize(1);
    assertThat(found.lost()).hasSize(1);
    assertThat(found.release()).isEqualTo("r1");
    Bench.until(() -> controller.status().state() == State.SERVING);
    assertThat(pids()).hasSize(2).containsAnyElementsOf(before);
    assertThat(bench.upstreams()).hasSize(2).allSatisfy(u -> assertThat(get(u)).isEqualTo("one"));
    assertThat(controller.deploy(spec(2), Progress.NONE).changed()).isFalse();
  }

  @Test
  void anAppWrittenForAFixedPortIsFoundOut() throws Exception {
    release("r4", STUBBORN, "");
    assertThatThrownBy(() -> controller.deploy(spec(1), Progress.NONE))
        .hasMessageContaining("it listens on 127.0.0.1:")
        .hasMessageContaining("not on $SOCKET");
  }

  @Test
  void aCrashLoopEndsWhenTheCauseDoes() throws Exception {
    controller.deploy(spec(1), Progress.NONE);
    Files.writeString(source.resolve("text"), "broken: no database");
    kill(pids().iterator().next());
    Bench.until(() -> controller.status().state() == State.CRASH_LOOP);
    assertThat(bench.route().why()).contains("crash loop");
    Files.writeString(source.resolve("text"), "mended");
    Bench.until(() -> controller.status().state() == State.SERVING);
    assertThat(bench.control()).anyMatch(line -> line.contains("broken: no database"));
  }
}
