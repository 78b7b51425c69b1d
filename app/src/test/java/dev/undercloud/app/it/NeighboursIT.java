package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two apps, each with its own {@code up}, and routes of the one that name the other. */
@Timeout(300)
class NeighboursIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path scratch;
  private Projects projects;
  private Path home;

  @BeforeEach
  void prepare() {
    projects = new Projects(scratch);
    home = scratch.resolve("home");
  }

  private Cloud project(String name, String file) throws IOException {
    Path folder = projects.probeFolder(name);
    Files.writeString(
        folder.resolve(".env"),
        "PROBE_SCORE=" + projects.score() + "\nPROBE_RELEASE=" + name + "\n");
    Files.writeString(folder.resolve("undercloud.toml"), file);
    return new Cloud(home, folder, Map.of());
  }

  private static String route(String what) {
    return "[[routes]]\npath = \"/*\"\n" + what + "\n";
  }

  /** How many of so many requests for {@code shop} the other one answers. */
  private static int byLive(Cloud shop, int requests) {
    int live = 0;
    for (int i = 0; i < requests; i++) {
      Wire.Response response = Wire.get(shop, "/");
      assertThat(response.status()).isEqualTo(200);
      live += response.body().contains("\"release\": \"live\"") ? 1 : 0;
    }
    return live;
  }

  private static List<String> notes(Cloud cloud) {
    for (JsonNode app : cloud.ok("status", "--json").json().path("apps")) {
      if (app.path("url").asText().equals(cloud.url)) {
        return app.path("notes").valueStream().map(JsonNode::asText).toList();
      }
    }
    return List.of("not up");
  }

  @Test
  void aPartGoesToAnotherAppForAsLongAsThatServes() throws Exception {
    String hosts = "[web]\nhosts = [\"shop.localhost\"]\n";
    String mine = route("split = { app = \"live\", percent = 50 }");
    try (Cloud shop = project("shop", mine);
        Cloud live = project("live", "")) {
      shop.up();
      Cloud.eventually(
          SOON, () -> shop.output.stream().anyMatch(line -> line.contains("app live is not up")));
      assertThat(notes(shop)).singleElement().asString().contains("app live is not up");
      assertThat(shop.ok("config", "check").out()).contains("undercloud.toml:2: app live is not");
      assertThat(shop.run("config", "check", "--strict").status()).isEqualTo(2);
      assertThat(byLive(shop, 20)).isZero();

      live.up();
      Cloud.eventually(
          SOON,
          () -> notes(shop).toString().contains("app live does not answer for shop.localhost"));
      assertThat(byLive(shop, 20)).isZero();

      Files.writeString(live.project.resolve("undercloud.toml"), hosts);
      live.ok("reload");
      Cloud.eventually(SOON, () -> notes(shop).isEmpty());
      Cloud.eventually(SOON, () -> byLive(shop, 1) == 1);
      // Beyond six standard deviations of 200 fair coins on either side.
      assertThat(byLive(shop, 200)).isBetween(57, 143);
      assertThat(Wire.get(shop, "/headers").body()).doesNotContain("HOP");
      JsonNode served = answeredBy(shop, "live");
      assertThat(served.path("replica").asText()).isEqualTo("live");
      String why = shop.ok("why", served.path("request_id").asText()).out();
      assertThat(why).contains("A split sent it on to the app live");

      live.kill();
      assertThat(byLive(shop, 100)).isZero();
      Cloud.eventually(SOON, () -> notes(shop).toString().contains("app live is not up"));
      assertThat(shop.ok("reload").out()).contains("warning").contains("app live is not up");

      live.up();
      Cloud.eventually(SOON, () -> byLive(shop, 1) == 1);

      // Whom both send to the other, and even to oneself.
      Files.writeString(
          live.project.resolve("undercloud.toml"),
          hosts + route("split = { app = \"shop\", percent = 100 }"));
      Files.writeString(
          shop.project.resolve("undercloud.toml"),
          "[web]\nhosts = [\"live.localhost\"]\n"
              + route("split = { app = \"live\", percent = 100 }"));
      live.ok("reload");
      shop.ok("reload");
      Cloud.eventually(SOON, () -> notes(live).isEmpty() && notes(shop).isEmpty());
      Cloud.eventually(SOON, () -> byLive(shop, 5) == 5);
      assertThat(byLive(live, 5)).isZero();
      assertThat(shop.down()).isZero();
      assertThat(live.down()).isZero();
    }
  }

  private static JsonNode answeredBy(Cloud shop, String app) {
    Cloud.eventually(SOON, () -> !requests(shop, app).isEmpty());
    return requests(shop, app).getFirst();
  }

  private static List<JsonNode> requests(Cloud shop, String app) {
    return shop.ok("requests", "--app", "shop", "--json")
        .json()
        .valueStream()
        .filter(request -> request.path("app").asText().equals(app))
        .toList();
  }

  @Test
  void copiesGoToAnotherAppAndToAnAddress() throws Exception {
    try (Cloud live = project("live", "[web]\nhosts = [\"shop.localhost\"]\n")) {
      live.up();
      String file =
          "[[routes]]\npath = \"/once\"\nmirror = { app = \"live\" }\n"
              + route("mirror = { to = \"http://127.0.0.1:" + live.port() + "\" }");
      try (Cloud shop = project("shop", file).up()) {
        try (Wire wire = new Wire(shop.port(), shop.host())) {
          for (int i = 0; i < 10; i++) {
            assertThat(wire.request("POST", "/once?m" + i, "body", "").status()).isEqualTo(200);
          }
          assertThat(wire.request("POST", "/slow?3", "", "").status()).isEqualTo(200);
        }
        Cloud.eventually(
            SOON,
            () ->
                projects.scored().size() == 10
                    && projects.scored().values().stream().allMatch(times -> times == 2));
        Cloud.eventually(
            SOON, () -> live.ok("requests", "--app", "live", "--json").out().contains("/slow"));
        assertThat(notes(shop)).isEmpty();
      }
    }
  }
}
