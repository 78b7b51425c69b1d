package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
      configure(primary, "transfer = [\"127.0.0.0/8\", \"::1\"]\ntransfer_key = \"transfer.key\"");
      primary.up();
      primary.ok("dns", "create", "shop.test", "ns1.example.net");
      primary.ok("dns", "add", "www.shop.test", "A", "192.0.2.7");
      String address = primary.ok("dns", "--json").json().path("address").asText();
      configure(
          secondary,
          "[[dns.secondary]]\nzone = \"shop.test\"\nkey = \"transfer.key\"\nprimary = \""
              + address
              + "\"");
      secondary.up();
      Cloud.eventually(
          Duration.ofSeconds(30), () -> secondary.dig("www.shop.test", "A").equals("192.0.2.7"));
      Path kept = secondary.home.resolve("zones/shop.test.secondary");
      Cloud.eventually(Duration.ofSeconds(10), () -> Files.exists(kept));
      assertThat(secondary.ok("logs").out()).contains("The zone shop.test. came from");

      secondary.kill();
      primary.kill();
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      // Held, so that the one that starts does not take the place of its primary.
      try (DatagramSocket held = new DatagramSocket(port, InetAddress.getByName("127.0.0.1"))) {
        secondary.up();
        assertThat(secondary.dig("www.shop.test", "A")).isEqualTo("192.0.2.7");
        Cloud.eventually(
            Duration.ofSeconds(30),
            () -> secondary.ok("dns").out().contains(", which cannot be looked at"));
        assertThat(held.isBound()).isTrue();
      }
    }
  }

  private static void configure(Cloud cloud, String dns) throws Exception {
    Files.writeString(cloud.project.resolve("undercloud.toml"), "[dns]\n" + dns + "\n");
    Path key = cloud.project.resolve("transfer.key");
    Files.writeString(key, "hmac-sha256:transfer:MDEyMzQ1Njc4OWFiY2RlZg==\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }
}
