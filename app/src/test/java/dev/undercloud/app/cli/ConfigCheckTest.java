package dev.undercloud.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.home.StateHome;
import dev.undercloud.app.render.Json;
import dev.undercloud.app.render.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code undercloud config check} prints and returns. */
@Timeout(60)
class ConfigCheckTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Path project = Path.of("");

  @BeforeEach
  void project() throws IOException {
    project = Files.createDirectories(folder.resolve("shop"));
    Files.writeString(project.resolve("Procfile"), "web: ./serve\n");
  }

  private void file(String... lines) throws IOException {
    Files.write(project.resolve("undercloud.toml"), List.of(lines));
  }

  private int check(String... options) {
    printed.reset();
    PrintStream out = new PrintStream(printed, false, StandardCharsets.UTF_8);
    Context context =
        new Context(
            Map.of("PATH", String.valueOf(System.getenv("PATH"))),
            new StateHome(folder.resolve("state")),
            project,
            Terminal.plain(out));
    CommandLine line = new CommandLine(new ConfigVerb(context));
    String[] arguments = new String[options.length + 1];
    arguments[0] = "check";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return line.execute(arguments);
  }

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private JsonNode json() throws IOException {
    return Json.parse(printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void nothingIsWrong() throws IOException {
    file("[web]", "replicas = 2");
    assertThat(check()).isZero();
    assertThat(lines()).containsExactly("No mistakes.");
    assertThat(check("--strict")).isZero();
    assertThat(check("--json")).isZero();
    assertThat(json()).isEqualTo(Json.parse("{\"errors\":[],\"warnings\":[]}"));
  }

  @Test
  void doubtsAreWarningsUnlessStrict() throws IOException {
    file("[[routes]]", "path = \"/*\"", "split = { app = \"live\", percent = 50 }");
    String doubt =
        "undercloud.toml:2: app live is not up on this state folder, so shop serves all of /*"
            + " itself. Start it with `undercloud up` in its folder";
    assertThat(check()).isZero();
    assertThat(lines()).containsExactly("warning  " + doubt, "No mistakes, but see above.");
    assertThat(check("--strict")).isEqualTo(2);
    assertThat(lines()).containsExactly("warning  " + doubt, "No mistakes, but see above.");
    assertThat(check("--json")).isZero();
    assertThat(json().path("errors")).isEmpty();
    assertThat(json().path("warnings"))
        .singleElement()
        .extracting(JsonNode::asText)
        .isEqualTo(doubt);
    assertThat(check("--json", "--strict")).isEqualTo(2);
  }

  @Test
  void anOrderOfTimeLimitsThatCannotBeIsAMistake() throws IOException {
    file("[web]", "timeouts = { response = \"30s\", request = \"20s\" }");
    assertThat(check()).isEqualTo(2);
    assertThat(lines())
        .containsExactly(
            "undercloud.toml:2: web.timeouts.response: 30s for the first byte is longer than"
                + " web.timeouts.request, 20s for all of it; make it shorter, or the request"
                + " longer");
  }

  @Test
  void timeLimitsThatMakeErrorsOfWorkAreDoubtful() throws IOException {
    Files.writeString(project.resolve("Procfile"), "web: gunicorn --timeout 10 app:app\n");
    Files.writeString(project.resolve("requirements.txt"), "gunicorn\n");
    file("[web]", "timeouts = { response = \"30s\" }");
    assertThat(check()).isZero();
    assertThat(lines())
        .containsExactly(
            "warning  gunicorn kills a worker that is silent for 10s (the command of web), sooner"
                + " than web.timeouts.response (30s): the client of a slow request gets a 502 and"
                + " its worker dies. Set gunicorn's timeout above 30s, or web.timeouts.response"
                + " below 10s",
            "No mistakes, but see above.");
  }

  @Test
  void mistakesAreAllToldWithTheirLines() throws IOException {
    file("[web]", "replicas = 0", "[[routes]]", "pth = \"/*\"");
    assertThat(check()).isEqualTo(2);
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(0)).isEqualTo("undercloud.toml:3: routes[0]: has no path");
    assertThat(lines().get(1))
        .startsWith("undercloud.toml:4: routes[0].pth: unknown key; known here: path, host,")
        .endsWith("; did you mean \"path\"?");
    assertThat(check("--json")).isEqualTo(2);
    JsonNode unknown = json().path("errors").path(1);
    assertThat(unknown.path("file").asText()).isEqualTo("undercloud.toml");
    assertThat(unknown.path("line").asInt()).isEqualTo(4);
    assertThat(unknown.path("key").asText()).isEqualTo("routes[0].pth");
    assertThat(unknown.path("suggestion").asText()).isEqualTo("path");
    assertThat(json().path("warnings")).isEmpty();
  }
}
