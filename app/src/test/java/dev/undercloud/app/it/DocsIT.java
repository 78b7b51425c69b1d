package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of the documentation marked {@code <!-- run -->} does what it says, beside a running
 * app.
 */
@Timeout(300)
class DocsIT {
  private static final Pattern BLOCK =
      Pattern.compile("<!-- run -->\n```sh\n(.*?)```", Pattern.DOTALL);

  /** Those of the page about DNS run beside a project with the page's first configuration. */
  private static final Pattern DNS =
      Pattern.compile("<!-- run dns -->\n```sh\n(.*?)```", Pattern.DOTALL);

  private static final Pattern TOML = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path scratch;

  @Test
  void theCommandsOfTheDocsRun() throws Exception {
    Projects projects = new Projects(scratch);
    try (Cloud cloud = projects.example("bare", Map.of()).up()) {
      String admin = cloud.console.substring(0, cloud.console.indexOf("/?"));
      int ran = 0;
      for (Path page : pages()) {
        for (String block : blocks(page, BLOCK)) {
          run(cloud, Cloud.CHECKOUT, admin, page, block);
          ran++;
        }
      }
      assertThat(ran).isGreaterThan(5);
    }
  }

  @Test
  void theCommandsAboutAZoneOfOnesOwnRun() throws Exception {
    Path page = Cloud.CHECKOUT.resolve("docs/dns.md");
    int port = Wire.freePort();
    try (Cloud cloud = new Projects(scratch).probe("shop")) {
      String toml = blocks(page, TOML).getFirst().replace(":5353", ":" + port);
      Files.writeString(cloud.project.resolve("undercloud.toml"), toml);
      cloud.up();
      List<String> all = blocks(page, DNS);
      assertThat(all).hasSizeGreaterThan(2);
      for (String block : all) {
        run(cloud, cloud.project, "", page, block.replace("-p 5353", "-p " + port));
      }
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> all = Files.list(Cloud.CHECKOUT.resolve("docs"))) {
      return all.filter(p -> p.toString().endsWith(".md")).sorted().toList();
    }
  }

  private static List<String> blocks(Path page, Pattern kind) throws IOException {
    return kind.matcher(Files.readString(page))
        .results()
        .map((MatchResult m) -> m.group(1))
        .toList();
  }

  private void run(Cloud cloud, Path folder, String admin, Path page, String block)
      throws Exception {
    File output = scratch.resolve("output").toFile();
    List<String> shell = new ArrayList<>(List.of("sh", "-eu", "-c", block));
    ProcessBuilder builder =
        new ProcessBuilder(shell).directory(folder.toFile()).redirectErrorStream(true);
    builder.redirectOutput(output);
    builder.environment().put("UNDERCLOUD_HOME", cloud.home.toString());
    builder.environment().put("URL", "http://127.0.0.1:" + cloud.port());
    builder.environment().put("ADMIN", admin);
    builder.environment().merge("PATH", "", (path, none) -> Cloud.CHECKOUT + ":" + path);
    Process process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(block).isTrue();
    assertThat(process.exitValue())
        .as("%s:\n%s\n%s", page, block, Files.readString(output.toPath(), StandardCharsets.UTF_8))
        .isZero();
  }
}
