package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of waits that make 502s and 504s are told before they do. */
class TimeoutChainTest {
  @TempDir private Path temporary;

  private Resolution resolve(String command, String toml, Map<String, PythonScan.Constant> conf)
      throws IOException {
    Path directory =
        Projects.make(
            temporary,
            "Procfile",
            command,
            "requirements.txt",
            "gunicorn",
            "undercloud.toml",
            toml);
    PythonScan nothing = PythonScan.unavailable("for a test");
    PythonScan scan =
        new PythonScan(
            "3.12",
            null,
            1,
            List.of(),
            null,
            Map.of("gunicorn.conf.py", conf),
            nothing.mains(),
            null,
            List.of(),
            List.of(),
            null);
    return new Resolver(_ -> scan).resolve(directory, CliOverrides.NONE);
  }

  private static String shown(Resolution found, String key) {
    return found.settings().stream()
        .filter(setting -> setting.key().equals(key))
        .map(setting -> setting.value() + " (" + setting.reason() + ")")
        .findFirst()
        .orElse("");
  }

  @Test
  void theChainShowsGunicornsOwnWaits() throws IOException {
    Resolution found = resolve("web: gunicorn app:app", "", Map.of());
    assertThat(shown(found, "web.timeouts.chain"))
        .startsWith("connect 2s < response 30s < request 1m < idle client 65s");
    assertThat(shown(found, "web.server.timeout")).isEqualTo("30s (gunicorn's default)");
    assertThat(shown(found, "web.server.keep_alive")).isEqualTo("75s (the command of web)");
    assertThat(found.warnings()).isEmpty();
  }

  @Test
  void aWorkerThatIsKilledBeforeTheEdgeGivesUpIsWarnedOf() throws IOException {
    Resolution found = resolve("web: gunicorn app:app -t 10", "", Map.of());
    assertThat(found.warnings())
        .singleElement()
        .asString()
        .startsWith("gunicorn kills a worker that is silent for 10s (the command of web)")
        .contains("Set gunicorn's timeout above 30s");
    PythonScan.Constant five =
        new PythonScan.Constant(5, new PythonScan.Place("gunicorn.conf.py", 3));
    Resolution file = resolve("web: gunicorn app:app", "", Map.of("timeout", five));
    assertThat(file.warnings()).singleElement().asString().contains("5s (gunicorn.conf.py:3)");
    assertThat(resolve("web: gunicorn app:app -t 10 --threads 4", "", Map.of()).warnings())
        .as("threads answer for their worker")
        .isEmpty();
    assertThat(
            resolve("web: gunicorn app:app -t 10", "[web.timeouts]\nresponse = \"9s\"", Map.of())
                .warnings())
        .isEmpty();
    assertThat(resolve("web: gunicorn app:app -t 0", "", Map.of()).warnings()).isEmpty();
  }

  @Test
  void aKeepAliveShorterThanOursIsWarnedOf() throws IOException {
    assertThat(
            resolve(
                    "web: gunicorn app:app",
                    "[env]\nGUNICORN_CMD_ARGS = \"--keep-alive 1\"",
                    Map.of())
                .warnings())
        .singleElement()
        .asString()
        .startsWith("gunicorn closes an idle connection after 1s (GUNICORN_CMD_ARGS)");
    assertThat(resolve("web: gunicorn app:app --keep-alive 3", "", Map.of()).warnings()).isEmpty();
  }

  @Test
  void defaultsGiveWayToWhatWasSaid() throws IOException {
    Resolution found = resolve("web: ./serve $PORT", "[web.timeouts]\nrequest = \"1s\"", Map.of());
    assertThat(shown(found, "web.timeouts.chain"))
        .startsWith("connect 1s = response 1s = request 1s < idle client 65s");
    assertThat(found.spec().web().timeouts().response().toSeconds()).isEqualTo(1);
  }
}
