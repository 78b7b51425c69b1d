package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One Undercloud keeps a zone of another, and has it still when both were killed. */
@Timeout(300)
class SecondaryIT {
  @TempDir Path scratch;

  @Test
  void aZoneOfAnotherIsAnsweredAfterBothWereKilled() throws Exception {
    Projects projects = new Projects(scratch);
    try (Cloud primary = projects.probe("primary");
        Cloud secondary = projects.probe("secondary")) {
      configure(primary, "transfer = [\"127.0.0.0/8\", \"::1\"]");
      primary.up();
      primary.ok("dns", "create", "shop.test", "ns1.example.net");
      primary.ok("dns", "add", "www.shop.test", "A", "192.0.2.7");
      String address = primary.ok("dns", "--json").json().path("address").asText();
      configure(
          secondary, "[[dns.secondary]]\nzone = \"shop.test\"\nprimary = \"" + address + "\"");
      secondary.up();
      Cloud.eventually(
          Duration.ofSeconds(30), () -> secondary.dig("www.shop.test", "A").equals("192.0.2.7"));
      Path kept = secondary.home.resolve("zones/shop.test.secondary");
      Cloud.eventually(Duration.ofSeconds(10), () -> Files.exists(kept));
      assertThat(secondary.ok("logs").out()).contains("The zone shop.test. came from");

      secondary.kill();
      primary.kill();
      secondary.up();
      assertThat(secondary.dig("www.shop.test", "A")).isEqualTo("192.0.2.7");
      Cloud.eventually(
          Duration.ofSeconds(30),
          () ->
              secondary.ok("dns").out().contains("of another primary, which cannot be looked at"));
    }
  }

  private static void configure(Cloud cloud, String dns) throws Exception {
    Files.writeString(cloud.project.resolve("undercloud.toml"), "[dns]\n" + dns + "\n");
  }
}
