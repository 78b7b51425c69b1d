package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code [dns]} as somebody with a zone of their own has it, asked with {@code dig}. */
@Timeout(300)
class DnsIT {
  @TempDir Path scratch;
  private int port;

  private void configure(Cloud cloud, String hosts, String transfer) throws IOException {
    Files.writeString(
        cloud.project.resolve("undercloud.toml"),
        """
        [web]
        replicas = 1
        hosts = [%s]
        [dns]
        listen = "127.0.0.1:%d"
        zones = ["shop.example"]
        addresses = ["203.0.113.7"]
        transfer = ["%s"]
        """
            .formatted(hosts, port, transfer));
  }

  private String dig(String... words) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("dig", "@127.0.0.1", "-p", "" + port, "+tries=1"));
    command.addAll(List.of(words));
    Process dig = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(dig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    dig.waitFor();
    return said.strip();
  }

  @Test
  void aZoneFollowsTheAppAndGoesToWhoMayHaveIt() throws Exception {
    try (Cloud cloud = new Projects(scratch).probe("zone")) {
      port = Wire.freePort();
      configure(cloud, "\"shop.example\"", "127.0.0.2");
      cloud.up();
      assertThat(cloud.output).contains("dns      127.0.0.1:" + port);
      assertThat(dig("+short", "shop.example")).isEqualTo("203.0.113.7");
      assertThat(dig("+short", "ns1.shop.example")).isEqualTo("203.0.113.7");
      assertThat(dig("www.shop.example")).contains("NXDOMAIN");
      assertThat(dig("-b", "127.0.0.2", "shop.example", "AXFR")).contains("XFR size");
      assertThat(dig("shop.example", "AXFR")).contains("Transfer failed");

      long serial = zone(cloud).path("serial").asLong();
      try (Socket open = new Socket()) {
        open.connect(new InetSocketAddress("127.0.0.1", port));
        configure(cloud, "\"shop.example\", \"www.shop.example\"", "127.0.0.1");
        cloud.ok("reload");
        // The socket from before the reload is there still, and so is the connection.
        open.getOutputStream().write(new byte[] {0, 12, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertThat(open.getInputStream().read()).isNotNegative();
      }
      assertThat(dig("+short", "www.shop.example")).isEqualTo("203.0.113.7");
      assertThat(dig("-b", "127.0.0.2", "shop.example", "AXFR")).contains("Transfer failed");
      assertThat(dig("shop.example", "AXFR")).contains("XFR size");
      assertThat(zone(cloud).path("serial").asLong()).isGreaterThan(serial);
      assertThat(zone(cloud).path("transfer").get(0).asText()).isEqualTo("127.0.0.1");

      cloud.ok("dns", "add", "shop.example", "TXT", "kept");
      assertThat(cloud.run("dns", "delete", "shop.example").err()).contains("[dns] zones names it");
      refused(cloud);
      port = Wire.freePort();
      configure(cloud, "\"shop.example\", \"www.shop.example\"", "127.0.0.1");
      cloud.ok("reload");
      assertThat(cloud.ok("status", "--json").json().path("dns").path("address").asText())
          .isEqualTo("127.0.0.1:" + port);
      assertThat(dig("+short", "www.shop.example")).isEqualTo("203.0.113.7");
      cloud.kill();
      cloud.up();
      assertThat(dig("+short", "shop.example", "TXT")).isEqualTo("\"kept\"");
      assertThat(dig("+short", "www.shop.example")).isEqualTo("203.0.113.7");
    }
  }

  /** What cannot be followed changes nothing. */
  private void refused(Cloud cloud) throws Exception {
    Path file = cloud.project.resolve("undercloud.toml");
    String good = Files.readString(file);
    Files.writeString(file, good.replace("127.0.0.1:" + port, "0.0.0.0:" + port));
    Cloud.Done wider = cloud.run("reload");
    assertThat(wider.status()).isEqualTo(2);
    assertThat(wider.err()).contains("of an address that it has already");
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      Files.writeString(file, good.replace(":" + port, ":" + taken.getLocalPort()));
      assertThat(cloud.run("reload").status()).isEqualTo(3);
    }
    Files.writeString(file, good.replace("transfer = ", "notify = [\"192.0.2.1\"]\ntransfer = "));
    Cloud.Done wrong = cloud.run("reload");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.all()).contains("undercloud.toml:", "add it to dns.transfer");
    Files.writeString(file, good);
    assertThat(dig("shop.example", "AXFR")).contains("XFR size");
  }

  @Test
  void theAddressLeavesWhereTheAppCannotServe() throws Exception {
    try (Cloud cloud = new Projects(scratch).probe("health")) {
      port = Wire.freePort();
      configure(cloud, "\"shop.example\"", "127.0.0.1");
      cloud.up();
      cloud.ok("dns", "add", "shop.example", "A", "198.51.100.9");
      assertThat(dig("+short", "shop.example")).contains("198.51.100.9", "203.0.113.7");
      cloud.ok("scale", "web=0");
      assertThat(dig("+short", "shop.example")).isEqualTo("198.51.100.9");
      // What other servers keep is whole.
      assertThat(dig("shop.example", "AXFR")).contains("198.51.100.9", "203.0.113.7");
      cloud.ok("scale", "web=1");
      assertThat(dig("+short", "shop.example")).contains("198.51.100.9", "203.0.113.7");
    }
  }

  @Test
  void aPortThatIsNamedMustBeFree() throws Exception {
    try (Cloud cloud = new Projects(scratch).probe("taken");
        DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      Cloud.Done up = cloud.run("up", "--dns-port", "" + taken.getLocalPort());
      assertThat(up.status()).isEqualTo(3);
      assertThat(up.all()).contains("127.0.0.1:" + taken.getLocalPort(), "already in use");
      port = Wire.freePort();
      cloud.up("--dns-port", "" + port);
      Cloud.eventually(
          Duration.ofSeconds(5), () -> cloud.output.contains("dns      127.0.0.1:" + port));
    }
  }

  private static JsonNode zone(Cloud cloud) {
    for (JsonNode zone : cloud.ok("dns", "zones", "--json").json().path("zones")) {
      if (zone.path("zone").asText().equals("shop.example.")) {
        assertThat(zone.path("kind").asText()).isEqualTo("primary");
        return zone;
      }
    }
    throw new AssertionError("no zone shop.example");
  }
}
