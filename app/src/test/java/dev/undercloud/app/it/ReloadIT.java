package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.app.home.Instance;
import dev.undercloud.app.local.LocalClient;
import dev.undercloud.app.render.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rules change while traffic flows. */
@Timeout(300)
class ReloadIT {
  private static final int RELOADS = 100;

  @TempDir Path scratch;

  @Test
  void aHundredReloadsUnderLoadFailNothingAndABadOneChangesNothing() throws Exception {
    Projects projects = new Projects(scratch);
    try (Cloud cloud = projects.probe("reloads").up()) {
      Path config = cloud.project.resolve("undercloud.toml");
      LocalClient client = new LocalClient(instance(cloud));
      Load reads = new Load(cloud, 8, "GET", "/");
      Load writes = new Load(cloud, 4, "POST", "/once");
      for (int i = 0; i < RELOADS; i++) {
        Files.writeString(
            config,
            "[web]\nhosts = [\"made-" + i + ".localhost\"]\ntimeouts = { idle = \"60s\" }\n");
        client.call("reload", Json.object(), line -> {});
        assertThat(Wire.get(cloud.port(), "made-" + i + ".localhost", "/").status()).isEqualTo(200);
      }
      Files.writeString(config, "[web]\nhosts = 3\n");
      Cloud.Done bad = cloud.run("reload");
      assertThat(bad.status()).isEqualTo(2);
      assertThat(bad.all()).contains("undercloud.toml:2");
      String last = "made-" + (RELOADS - 1) + ".localhost";
      assertThat(Wire.get(cloud.port(), last, "/").status()).isEqualTo(200);
      assertThat(reads.stop().failures).isEmpty();
      assertThat(writes.stop().failures).isEmpty();
      assertThat(reads.sent.get()).isGreaterThan(RELOADS);
      assertThat(projects.repeated()).isEmpty();
    }
  }

  @Test
  void maintenanceOutlivesARestartAndEndsWhenTold() throws Exception {
    Projects projects = new Projects(scratch);
    try (Cloud cloud = projects.probe("closed").up()) {
      cloud.ok("maintenance", "on", "--except", "/once*");
      assertThat(cloud.run("maintenance", "on", "--except", "nonsense").status()).isEqualTo(2);
      cloud.down();
      cloud.up();
      Wire.Response closed = Wire.get(cloud, "/");
      assertThat(closed.status()).isEqualTo(503);
      assertThat(closed.header("retry-after")).isNotEmpty();
      assertThat(Wire.get(cloud, "/once?a").status()).isEqualTo(200);
      cloud.ok("maintenance", "off");
      assertThat(Wire.get(cloud, "/").status()).isEqualTo(200);
    }
  }

  private static Instance instance(Cloud cloud) throws IOException {
    try (Stream<Path> apps = Files.list(cloud.home.resolve("apps"))) {
      return apps.map(app -> app.resolve("instance.json"))
          .flatMap(file -> Instance.read(file).stream())
          .findFirst()
          .orElseThrow();
    }
  }
}
