package dev.undercloud.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.DnsPolicy;
import dev.undercloud.core.unit.Endpoint;
import dev.undercloud.core.zone.DnsName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code [dns]} means. */
class DnsConfigTest {
  @TempDir private Path temporary;
  private final Resolver resolver = new Resolver(Projects.NO_PYTHON);

  private Path project(String dns) throws IOException {
    return Projects.make(
        temporary, "undercloud.toml", "[dns]\n" + dns, "Procfile", "web: a $PORT", "tsig.key", "k");
  }

  @Test
  void nothingIsSaid() throws IOException {
    Resolution files = resolver.resolve(project(""), CliOverrides.NONE);
    assertThat(files.dns()).isEqualTo(DnsPolicy.NONE);
    assertThat(files.settings())
        .anyMatch(s -> s.key().equals("dns.transfer") && s.value().equals("nobody"))
        .anyMatch(s -> s.key().equals("dns.listen") && s.value().startsWith("loopback"));
    assertThat(files.warnings()).noneMatch(warning -> warning.contains("dns"));
  }

  @Test
  void readsEveryKey() throws IOException {
    Path project =
        project(
            """
            listen = ["203.0.113.7", "[2001:db8::7]:53"]
            zones = ["Shop.example"]
            addresses = ["203.0.113.7", "2001:db8::7"]
            servers = "ns1.example.net"
            transfer = ["192.0.2.0/24", "2001:db8:1::/48"]
            transfer_key = "tsig.key"
            notify = ["192.0.2.53", "[2001:db8:1::53]:5353"]
            [[dns.secondary]]
            zone = "example.org"
            primary = "198.51.100.1"
            [[dns.secondary]]
            zone = "example.net"
            primary = "198.51.100.1:5300"
            key = "tsig.key"
            """);
    Resolution files = resolver.resolve(project, CliOverrides.NONE);
    Optional<Path> key = Optional.of(project.resolve("tsig.key").toAbsolutePath().normalize());
    assertThat(files.dns())
        .isEqualTo(
            new DnsPolicy(
                List.of(Endpoint.parse("203.0.113.7:53", 0), Endpoint.parse("2001:db8::7", 53)),
                List.of(DnsName.of("shop.example")),
                List.of(InetAddress.ofLiteral("203.0.113.7"), InetAddress.ofLiteral("2001:db8::7")),
                List.of(DnsName.of("ns1.example.net")),
                List.of("192.0.2.0/24", "2001:db8:1::/48"),
                key,
                List.of(
                    Endpoint.parse("192.0.2.53", 53), Endpoint.parse("[2001:db8:1::53]:5353", 0)),
                List.of(
                    new DnsPolicy.Primary(
                        DnsName.of("example.org"),
                        Endpoint.parse("198.51.100.1", 53),
                        Optional.empty()),
                    new DnsPolicy.Primary(
                        DnsName.of("example.net"), Endpoint.parse("198.51.100.1", 5300), key))));
    assertThat(files.warnings()).noneMatch(warning -> warning.contains("dns"));
    assertThat(files.settings())
        .anyMatch(s ->
            s.key().equals("dns.secondary[1].primary")
                && s.value().equals("198.51.100.1:5300")
                && s.line() == 14);
  }

  @Test
  void warnsWhereOnlyLoopbackWouldBeAnswered() throws IOException {
    assertThat(resolver.resolve(project("zones = \"shop.example\""), CliOverrides.NONE).warnings())
        .anyMatch(warning -> warning.contains("loopback") && warning.contains("addresses = "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "listen = \"localhost:53\" | dns.listen | is not an address with a port",
        "listen = \"127.0.0.1:70000\" | dns.listen | is not an address with a port",
        "listen = [\"127.0.0.1:1\", \"[::1]:2\"] | dns.listen | different ports",
        "listen = 53 | dns.listen | is not a list of addresses with ports",
        "zones = \"*.shop.example\" | dns.zones | is not a name",
        "zones = \"shop..example\" | dns.zones | a label is empty",
        "zones = \"LOCALHOST\" | dns.zones | follows the apps by itself",
        "addresses = \"www.example\" | dns.addresses | is not an address like",
        "addresses = \"192.0.2.0/24\" | dns.addresses | is not an address like",
        "transfer = \"192.0.2.1/24\" | dns.transfer | bits behind its prefix",
        "transfer_key = \"none.key\" | dns.transfer_key | no readable file",
        "notify = \"192.0.2.1\" | dns.notify | add it to dns.transfer",
        "notify = \"192.0.2.1:0\" | dns.notify | has no port",
        "transfr = \"192.0.2.1\" | dns.transfr | did you mean",
        "secondary = [{ zone = \"a.b\" }] | dns.secondary[0] | has no primary",
        "secondary = [{ zone = \"a.b\", primary = \"ns1:53\" }] | dns.secondary[0].primary | is not an address",
        "zones = [\"a.b\"]\\nsecondary = [{ zone = \"A.b.\", primary = \"192.0.2.1\" }] | dns.secondary[0].zone | a zone is served once"
      })
  void saysWhatIsWrong(String dns, String key, String because) throws IOException {
    assertThat(resolver.check(project(dns.replace("\\n", "\n"))))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.key()).isEqualTo(key);
          assertThat(error.file()).isEqualTo("undercloud.toml");
          assertThat(error.line()).isPositive();
          assertThat(error.sentence()).contains(because);
        });
  }
}
