package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code [[dns.secondary]]} with somebody else's server, Debian's Knot, as the primary. */
@Timeout(300)
class KnotIT {
  private static final Path KNOTD = Path.of("/usr/sbin/knotd");

  @TempDir Path scratch;

  private Process knot(int port) throws Exception {
    Path folder = Files.createDirectories(scratch.resolve("knot"));
    Files.writeString(
        folder.resolve("shop.test.zone"),
        "@ 60 IN SOA ns1 host 7 3600 3600 9000 60\n"
            + "@ 60 IN NS ns1\nns1 60 IN A 192.0.2.1\nwww 60 IN A 192.0.2.7\n");
    Files.writeString(
        folder.resolve("knot.conf"),
        """
        server:
            rundir: "%1$s"
            user: "%2$s"
            listen: "127.0.0.1@%3$d"
        database:
            storage: "%1$s/db"
        acl:
          - id: other
            address: 127.0.0.1
            action: transfer
        zone:
          - domain: shop.test
            storage: "%1$s"
            file: shop.test.zone
            zonefile-sync: -1
            acl: other
        """
            .formatted(folder, System.getProperty("user.name"), port));
    return new ProcessBuilder(KNOTD.toString(), "-c", folder.resolve("knot.conf").toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("knot.log").toFile())
        .start();
  }

  @Test
  void itsZoneIsAnsweredShownAndOutlivesBoth() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(KNOTD), "no Knot is installed");
    int port = Wire.freePort();
    Process knot = knot(port);
    try (Cloud cloud = new Projects(scratch).probe("kept")) {
      Files.writeString(cloud.project.resolve("undercloud.toml"), "[web]\nreplicas = 1\n");
      cloud.up();
      assertThat(cloud.dig("www.shop.test", "A")).isEmpty();
      // It begins with a reload; at first it may be there before Knot is.
      Files.writeString(
          cloud.project.resolve("undercloud.toml"),
          "[web]\nreplicas = 1\n[[dns.secondary]]\nzone = \"shop.test\"\nprimary = \"127.0.0.1:"
              + port
              + "\"\n");
      cloud.ok("reload");
      Cloud.eventually(
          Duration.ofSeconds(60), () -> cloud.dig("www.shop.test", "A").equals("192.0.2.7"));
      JsonNode zone = zone(cloud);
      assertThat(zone.path("kind").asText()).isEqualTo("secondary");
      assertThat(zone.path("serial").asLong()).isEqualTo(7);
      assertThat(zone.path("primary").asText()).isEqualTo("127.0.0.1:" + port);
      assertThat(zone.path("transferred").asText()).startsWith("20").endsWith("Z");
      assertThat(cloud.run("dns", "add", "x.shop.test", "A", "192.0.2.9").err())
          .contains("cannot be edited");

      knot.destroyForcibly().waitFor();
      cloud.kill();
      cloud.up();
      assertThat(cloud.dig("www.shop.test", "A")).isEqualTo("192.0.2.7");
      Cloud.eventually(
          Duration.ofSeconds(30), () -> !zone(cloud).path("problem").asText().isEmpty());
      // Taken out of the file, it is answered no more.
      Files.writeString(cloud.project.resolve("undercloud.toml"), "[web]\nreplicas = 1\n");
      cloud.ok("reload");
      assertThat(cloud.dig("www.shop.test", "A")).isEmpty();
    } finally {
      knot.destroyForcibly();
    }
  }

  private static JsonNode zone(Cloud cloud) {
    for (JsonNode zone : cloud.ok("dns", "zones", "--json").json().path("zones")) {
      if (zone.path("zone").asText().equals("shop.test.")) {
        return zone;
      }
    }
    throw new AssertionError("no zone shop.test");
  }
}
