package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The Autobahn suite in a process of its own: version 0.5.6, whose 301 cases are those that every
 * later one has too. It is written in Python 2, which Jython runs.
 */
final class Autobahn {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Autobahn() {}

  /**
   * One server to test.
   *
   * @param port of 127.0.0.1
   * @param cases by number, such as {@code 5.*}
   */
  record Agent(String name, int port, List<String> cases) {}

  /** Runs the cases of all agents at once. The results by agent and case: {@code [how, close]}. */
  static JsonNode run(Path folder, List<Agent> agents, long seconds) throws Exception {
    ArrayNode plan = JSON.createArrayNode();
    for (Agent agent : agents) {
      ObjectNode each = plan.addObject().put("agent", agent.name);
      each.put("url", "ws://127.0.0.1:" + agent.port + "/");
      agent.cases.forEach(each.withArray("cases")::add);
    }
    JSON.writeValue(folder.resolve("plan.json").toFile(), plan);
    Path log = folder.resolve("autobahn.log");
    Path results = folder.resolve("results.json");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "-Dpython.cachedir.skip=true",
                // Most of what runs here runs once: a second compiler only costs.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                jar("org.python.util.jython"),
                EchoServer.copy("/websocket/autobahn.py", folder).toString(),
                jar("me.normanmaurer.maven.autobahntestsuite.AutobahnTestSuite"),
                folder.resolve("plan.json").toString(),
                results.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      assertThat(ended && Files.exists(results)).as(() -> last(log)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return JSON.readTree(results.toFile());
  }

  private static String last(Path log) {
    try {
      String said = Files.readString(log, StandardCharsets.ISO_8859_1);
      return said.substring(Math.max(0, said.length() - 2000));
    } catch (IOException unreadable) {
      return "nothing was said";
    }
  }

  private static String jar(String type) throws ClassNotFoundException, URISyntaxException {
    Class<?> found = Class.forName(type, false, Autobahn.class.getClassLoader());
    return Path.of(found.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  /** What failed of an agent's cases, in words; those that may end in several ways do not count. */
  static List<String> failures(JsonNode ofAgent) {
    return ofAgent.properties().stream()
        .filter(e -> !fine(e.getValue().path(0)) || !fine(e.getValue().path(1)))
        .map(Map.Entry::toString)
        .toList();
  }

  private static boolean fine(JsonNode behavior) {
    return List.of("OK", "NON-STRICT", "INFORMATIONAL").contains(behavior.asText());
  }
}
