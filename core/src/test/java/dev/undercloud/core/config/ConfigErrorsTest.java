package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake has its file, line and reason, and all are told at once. */
class ConfigErrorsTest {
  @TempDir private Path temporary;
  private final Resolver resolver = new Resolver(Projects.NO_PYTHON);

  static Arguments[] mistakes() {
    return new Arguments[] {
      own("name = \"Shop!\"", "1: name: \"Shop!\" is not an app name"),
      own("name = 3", "1: name: 3 is not an app name"),
      own(
          "isolation = \"container\"",
          "1: isolation: \"container\" is not one of \"process\"; this"),
      own("[env]\nA = [1]", "2: env.A: a list is not text"),
      own("[env]\n\"a b\" = \"1\"", "2: env.a b: \"a b\" is not a variable name"),
      own("env = 3", "1: env: 3 is not a table; each key is a variable name"),
      own("web = 3", "1: web: 3 is not a table; its keys are replicas"),
      own("[web]\nreplicas = 257", "2: web.replicas: 257 is not a whole number from 0 to 256"),
      own("[web]\nreplicas = -1", "2: web.replicas: -1 is not a whole number"),
      own("[web]\nreplicas = 1.5", "2: web.replicas: 1.5 is not a whole number"),
      own("[web]\nreplcas = 1", "2: web.replcas: unknown key; known here: replicas, limits"),
      own("[web]\nhosts = [\"a b\"]", "2: web.hosts: \"a b\" is not a host name"),
      own("[web]\nhosts = [\"http://x\"]", "2: web.hosts: \"http://x\" is not a host name"),
      own("[web]\nhosts = [1]", "2: web.hosts: 1 is not a list of host names"),
      own(
          "[web]\nhealth = { path = \"healthz\" }",
          "2: web.health.path: \"healthz\" is not a path"),
      own("[web.health]\ninterval = \"0s\"", "2: web.health.interval: \"0s\" is not between"),
      own("[web.health]\ninterval = \"5\"", "2: web.health.interval: \"5\" is not a duration"),
      own(
          "[web.timeouts]\nrequest = 60",
          "2: web.timeouts.request: 60 is not a duration in quotes"),
      own("[web.timeouts]\nidle = \"9000d\"", "2: web.timeouts.idle: \"9000d\" is not between"),
      own("[web.limits]\ncpu = 0", "2: web.limits.cpu: 0 is not a number from 0.01"),
      own("[web.limits]\nmemory = \"lots\"", "2: web.limits.memory: \"lots\" is not a size"),
      own("[web.limits]\nmemory = \"1MB\"", "2: web.limits.memory: \"1MB\" is less than 4 MiB"),
      own("[web.limits]\npids = 0", "2: web.limits.pids: 0 is not a whole number from 1"),
      own("[processes]\nweb = \"\"", "2: processes.web: an empty command"),
      own("[processes]\nweb = \"a 'b\"", "2: processes.web: a quote ' is not closed"),
      own("[processes]\nworker = \"a 'b\"", "2: processes.worker: a quote ' is not closed"),
      own("[processes]\nWorker = \"a\"", "2: processes.Worker: \"Worker\" is not a process name"),
      own("[processes]\nenv = \"a\"", "2: processes.env: a process cannot be called env"),
      own("[worker]\nreplicas = 1", "1: worker: unknown key; known here"),
      own(
          "[worker.health]\npath = \"/\"\n[processes]\nworker = \"a\"",
          "1: worker.health: unknown key; known here: replicas, limits, timeouts"),
      own("name = \"a\"\nname = \"b\"", "2: TOML syntax: name previously defined at line 1"),
      own("name = shop", "1: TOML syntax: Unexpected 's', expected a value (column 8); text goes"),
      own("[web", "1: TOML syntax:"),
      of("Procfile", "web gunicorn", "Procfile:1: not \"name: command\""),
      of("Procfile", "web: a\n\nweb: b", "Procfile:3: web: named twice, first in line 1"),
      of("Procfile", "# c\nweb:", "Procfile:2: web: no command after the colon"),
      of("Procfile", "env: a", "Procfile:1: env: a process cannot be called env"),
      of("Procfile", "9: a", "Procfile:1: 9: not a process name"),
      of("pyproject.toml", "[project\n", "pyproject.toml:1: TOML syntax:"),
      of(
          "pyproject.toml",
          "[tool]\nundercloud = 3",
          "pyproject.toml:2: tool.undercloud: not a table"),
      of(
          "pyproject.toml",
          "[tool.undercloud]\nnmae = \"x\"",
          "pyproject.toml:2: nmae: unknown key; known here: name, isolation, env, processes,"
              + " routes, tls, edge, dns, web;"
              + " did you mean \"name\"?"),
      of("requirements.txt", "a\n-r gone.txt", "requirements.txt:2: includes gone.txt, which does"),
      of("Pipfile.lock", "{\n\"default\": [}", "Pipfile.lock:2: not JSON"),
    };
  }

  private static Arguments own(String text, String expected) {
    return of("undercloud.toml", text, "undercloud.toml:" + expected);
  }

  private static Arguments of(String file, String text, String expected) {
    return Arguments.of(file, text, expected);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void saysWhereAndWhy(String file, String text, String expected) throws IOException {
    Path directory = Projects.make(temporary, file, text);
    List<ConfigError> errors = resolver.check(directory);
    assertThat(errors)
        .extracting(ConfigError::sentence)
        .anySatisfy(s -> assertThat(s).startsWith(expected));
    assertThat(errors).allSatisfy(e -> assertThat(e.line()).isPositive());
    assertThatThrownBy(() -> resolver.resolve(directory, CliOverrides.NONE))
        .isInstanceOfSatisfying(
            ConfigException.class, e -> assertThat(e.errors()).isEqualTo(errors));
  }

  @Test
  void tellsAllAtOnceInTheOrderOfTheFile() throws IOException {
    Path directory =
        Projects.make(
            temporary,
            "undercloud.toml",
            "nmae = \"x\"\nisolation = \"jail\"\n\n[web]\nreplicas = \"two\"\n\n[web.timeouts]\nrequest = \"5 parsecs\"\n\n[colour]\nx = 1\n");
    List<ConfigError> errors = resolver.check(directory);
    assertThat(errors).extracting(ConfigError::line).containsExactly(1, 2, 5, 8, 10);
    assertThat(errors)
        .extracting(ConfigError::key)
        .containsExactly("nmae", "isolation", "web.replicas", "web.timeouts.request", "colour");
    assertThat(errors.getFirst().suggestion()).isEqualTo("name");
  }

  @Test
  void refusesOurSettingsInTwoPlaces() throws IOException {
    Path directory =
        Projects.make(
            temporary, "undercloud.toml", "", "pyproject.toml", "[tool.undercloud]\nname = \"x\"");
    assertThat(resolver.check(directory))
        .extracting(ConfigError::sentence)
        .contains(
            "pyproject.toml:1: tool.undercloud: both undercloud.toml and [tool.undercloud] in"
                + " pyproject.toml are there; keep one");
  }

  @Test
  void refusesTextThatIsNoUtf8() throws IOException {
    Path directory = Projects.make(temporary, "Procfile", "web: a");
    Files.write(directory.resolve(".env"), new byte[] {'A', '=', (byte) 0xff});
    assertThat(resolver.check(directory))
        .extracting(ConfigError::sentence)
        .containsExactly(".env: not UTF-8 text; save it as UTF-8");
  }

  @Test
  void refusesWhatTheCommandLineCannotMean() throws IOException {
    Path directory = Projects.make(temporary, "Procfile", "web: a\nworker: b");
    CliOverrides wrong = new CliOverrides("A b", Map.of("wroker", 1, "web", 999), Map.of());
    assertThatThrownBy(() -> resolver.resolve(directory, wrong))
        .hasMessageContaining("command line: name: \"A b\"")
        .hasMessageContaining("999 is not a number of replicas");
    CliOverrides unknown = new CliOverrides(null, Map.of("wroker", 1), Map.of());
    assertThatThrownBy(() -> resolver.resolve(directory, unknown))
        .hasMessageContaining("no such process; there are web, worker; did you mean \"worker\"?");
  }

  @Test
  void saysThatThereIsNoProject() {
    assertThatThrownBy(() -> resolver.check(temporary.resolve("gone")))
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("there is no such folder");
  }

  @Test
  void saysWhatToWriteWhereNothingRuns() throws IOException {
    Path directory = Projects.make(temporary, "README", "");
    assertThat(resolver.check(directory))
        .singleElement()
        .extracting(ConfigError::sentence)
        .asString()
        .contains("no python3 was found on PATH")
        .endsWith("Write a file named Procfile with the line \"web: gunicorn module:app\"");
  }
}
