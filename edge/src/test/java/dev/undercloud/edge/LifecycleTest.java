package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.proxy.ClientLimits;
import dev.undercloud.edge.proxy.UpstreamLimits;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Start, change of tables, limits, and the end. */
@Timeout(60)
class LifecycleTest {
  @TempDir Path folder;

  private Backend unix(String name, Backend.Script script) {
    return Backend.unix(folder.resolve(name), script);
  }

  @Test
  void listensOnBothLoopbacks() throws Exception {
    assumeThat(Ports.loopback()).hasSize(2);
    try (Rig rig = new Rig();
        Backend backend = unix("a", Backend.saying("hi"))) {
      rig.serve(backend);
      assertThat(rig.edge.addresses()).hasSize(2);
      assertThat(rig.edge.addresses().stream().map(InetSocketAddress::getPort).distinct())
          .hasSize(1);
      for (InetSocketAddress address : rig.edge.addresses()) {
        try (Wire client = new Wire(address)) {
          assertThat(client.get("/").text()).isEqualTo("hi");
        }
      }
      assertThat(List.of(rig.exchange().client, rig.exchange().client))
          .containsExactlyInAnyOrder("127.0.0.1", "::1");
    }
  }

  @Test
  void aTakenPortIsToldWithItsHolder() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Ports.loopback().getFirst());
        Rig rig = new Rig()) {
      EdgeConfig config = EdgeConfig.on(Ports.onLoopback(taken.getLocalPort()), 1);
      assertThatThrownBy(() ->
              Edge.start(
                  config, rig.routes, rig.policies, Clock.system(), Entropy::fast, LogSink.NONE))
          .isInstanceOfSatisfying(
              CloudException.class,
              e -> {
                assertThat(e.problem().code()).isEqualTo("port-taken");
                assertThat(e.problem().why()).contains("process " + ProcessHandle.current().pid());
                assertThat(e.problem().remedy()).contains("--port");
              });
      assertThat(Ports.nextFree(Ports.loopback(), taken.getLocalPort()).orElseThrow())
          .isGreaterThan(taken.getLocalPort());
    }
  }

  @Test
  void aReplicaThatLeavesTheTableGetsNothingMore() throws Exception {
    try (Rig rig = new Rig();
        Backend old = unix("old", Backend.saying("old"));
        Backend fresh = unix("fresh", Backend.saying("fresh"));
        Wire client = rig.serve(old).connect()) {
      assertThat(client.get("/").text()).isEqualTo("old");
      rig.serve(fresh);
      // Its idle connection ends at once.
      Rig.eventually(() -> old.open.isEmpty());
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("/").text()).isEqualTo("fresh");
      }
      assertThat(old.heads).hasSize(1);
    }
  }

  @Test
  void drainingFinishesWhatIsInFlight() throws Exception {
    try (Rig rig = new Rig();
        Backend old =
            unix(
                "old",
                conn -> {
                  conn.head();
                  Signals.take();
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
                  conn.head();
                });
        Backend fresh = unix("fresh", Backend.saying("fresh"));
        Wire client = rig.serve(old).connect()) {
      String id = "app@" + old.address();
      client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      Rig.eventually(() -> rig.edge.view().inFlight(id) == 1);
      rig.serve(fresh);
      assertThat(rig.edge.view().inFlight(id)).isEqualTo(1);
      Signals.give();
      assertThat(client.response().text()).isEqualTo("old");
      Rig.eventually(() -> rig.edge.view().inFlight(id) == 0);
      Rig.eventually(() -> old.open.isEmpty());
      assertThat(client.get("/").text()).isEqualTo("fresh");
      assertThat(rig.edge.stats().inFlight()).hasSize(1);
    }
  }

  @Test
  void closingAnswersWhatIsInFlight() throws Exception {
    Rig rig = new Rig();
    try (Backend backend =
            unix(
                "a",
                conn -> {
                  conn.head();
                  Thread.sleep(500);
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
        Wire idle = rig.serve(backend).connect();
        Wire client = rig.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      Rig.eventually(() -> rig.edge.stats().requests() == 1);
      Thread closer = Thread.ofVirtual().start(() -> rig.edge.close(Duration.ofSeconds(10)));
      Wire.Response response = client.response();
      assertThat(response.text()).isEqualTo("ok");
      assertThat(response.field("connection")).isEqualTo("close");
      assertThat(idle.ended()).isTrue();
      closer.join();
      assertThatThrownBy(rig::connect).isInstanceOf(java.io.IOException.class);
    } finally {
      rig.close();
    }
  }

  @Test
  void connectionsAreLimited() throws Exception {
    ClientLimits hasty = Rigs.hasty();
    ClientLimits few =
        new ClientLimits(
            6,
            4,
            Duration.ofSeconds(20),
            hasty.head(),
            hasty.window(),
            1,
            1,
            hasty.streamIdle(),
            hasty.linger(),
            hasty.halfClose());
    try (Rig rig = new Rig(c -> c.with(few))) {
      List<Wire> open = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        open.add(rig.connect());
      }
      Rig.eventually(() -> rig.edge.stats().connections() == 4);
      try (Wire fifth = rig.connect()) {
        Wire.Response response = fifth.response();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("x-request-id")).isNotEmpty();
        assertThat(response.text()).contains("4 connections");
      }
      open.removeFirst().close();
      Rig.eventually(() -> rig.edge.stats().connections() == 3);
      try (Wire again = rig.connect()) {
        assertThat(again.get("/").status()).isEqualTo(404);
      }
      for (Wire wire : open) {
        wire.close();
      }
    }
  }

  @Test
  void connectionsToAReplicaAreLimitedAndRequestsWait() throws Exception {
    UpstreamLimits d = UpstreamLimits.DEFAULT;
    UpstreamLimits two = new UpstreamLimits(2, 3, d.attempts(), d.reuseForWrites(), d.ejection());
    try (Rig rig = new Rig(c -> Rigs.single(c).with(two));
        Backend backend =
            unix(
                "a",
                conn -> {
                  while (conn.head() != null) {
                    Thread.sleep(150);
                    conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  }
                })) {
      rig.serve(backend);
      List<Wire> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Wire client = rig.connect();
        client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
        clients.add(client);
      }
      int served = 0;
      for (Wire client : clients) {
        Wire.Response response = client.response();
        served += response.status() == 200 ? 1 : 0;
        assertThat(response.status()).isIn(200, 503);
        client.close();
      }
      assertThat(served).isEqualTo(5);
      assertThat(backend.connections.get()).isEqualTo(2);
    }
  }

  @Test
  void idleReplicaConnectionsAreTidied() throws Exception {
    try (Rig rig = new Rig();
        Backend chatty =
            unix(
                "a",
                conn -> {
                  conn.request();
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  Thread.sleep(100);
                  conn.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                  conn.in.read();
                });
        Backend quiet = unix("b", Backend.saying("quiet"))) {
      try (Wire client = rig.serve(chatty).connect()) {
        assertThat(client.get("/").text()).isEqualTo("ok");
        Rig.eventually(() -> chatty.open.isEmpty());
        assertThat(client.get("/").text()).isEqualTo("ok");
      }
      rig.upstreamIdle = Duration.ofMillis(300);
      try (Wire client = rig.serve(quiet).connect()) {
        assertThat(client.get("/").text()).isEqualTo("quiet");
        Rig.eventually(() -> quiet.open.isEmpty());
      }
    }
  }

  @Test
  void bytesBehindAResponseAreNotTheNextOne() throws Exception {
    try (Rig rig = new Rig(Rigs::single);
        Backend backend =
            unix(
                "a",
                conn -> {
                  conn.request();
                  conn.say(
                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                          + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                  conn.in.read();
                });
        Wire client = rig.serve(backend).connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(client.get("/").text()).isEqualTo("ok");
      }
    }
  }
}
