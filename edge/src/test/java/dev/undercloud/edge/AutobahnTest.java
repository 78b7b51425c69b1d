package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Autobahn suite through the edge, to a server in Python: in clear, over TLS, and as streams of
 * HTTP/2. Every build runs what takes seconds; {@code -Dautobahn=all} runs the 301 cases each way,
 * one way after the other, which takes minutes: cases have time limits of seconds.
 */
@Timeout(2400)
class AutobahnTest {
  private static final boolean ALL = "all".equals(System.getProperty("autobahn"));
  private static final List<String> EVERY =
      List.of("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*");

  /** Without large and many messages, of each of which there is one. */
  private static final List<String> QUICK =
      List.of(
          "1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.1.1", "9.4.6", "9.7.1", "9.8.1",
          "10.*");

  /** Without UTF-8, which is nothing to a tunnel. */
  private static final List<String> FRAMES =
      List.of("1.*", "2.*", "3.*", "4.*", "5.*", "6.1.*", "7.*", "9.2.1", "9.8.1", "10.*");

  @TempDir Path folder;
  private TlsRig tls;
  private EchoServer echo;

  @BeforeEach
  void start() throws Exception {
    echo = new EchoServer(folder);
    tls = new TlsRig(folder.resolve("tls"));
    tls.rig.serve(List.of(echo.address()), "127.0.0.1", "app.localhost");
  }

  @AfterEach
  void stop() {
    tls.close();
    echo.close();
  }

  @Test
  void holdsInClearOverTlsAndOverHttp2() throws Exception {
    try (WebSocketBridge secure = WebSocketBridge.bytes(() -> tls.socket("app.localhost"));
        WebSocketBridge streams = WebSocketBridge.http2(tls::http2)) {
      List<Autobahn.Agent> agents =
          List.of(
              agent("clear", tls.rig.address().getPort(), QUICK),
              agent("tls", secure.port(), FRAMES),
              agent("http2", streams.port(), FRAMES));
      if (ALL) {
        for (Autobahn.Agent agent : agents) {
          Path own = Files.createDirectory(folder.resolve(agent.name()));
          check(agent, Autobahn.run(own, List.of(agent), 800), 301);
        }
      } else {
        JsonNode results = Autobahn.run(folder, agents, 120);
        check(agents.get(0), results, 251);
        check(agents.get(1), results, 107);
        check(agents.get(2), results, 107);
      }
    }
  }

  private static void check(Autobahn.Agent agent, JsonNode results, int count) {
    JsonNode cases = results.path(agent.name());
    System.out.printf("Autobahn, %s: %d cases%n", agent.name(), cases.size());
    assertThat(Autobahn.failures(cases)).as(agent.name()).isEmpty();
    assertThat(cases.size()).isEqualTo(count);
  }

  private static Autobahn.Agent agent(String way, int port, List<String> quick) {
    return new Autobahn.Agent(way, port, ALL ? EVERY : quick);
  }
}
