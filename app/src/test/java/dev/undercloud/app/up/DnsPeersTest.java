package dev.undercloud.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.DnsName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsPeersTest {
  @TempDir Path folder;

  @Test
  void nobodyWithoutTheFile() {
    DnsPeers none = DnsPeers.in(folder.resolve("missing"));
    assertThat(none.allow()).isEmpty();
    assertThat(none.told()).isEmpty();
    assertThat(none.secondaries()).isEmpty();
  }

  @Test
  void readsWhatThereMayBe() throws Exception {
    Files.writeString(
        folder.resolve("dns.json"),
        """
        {"allow": ["192.0.2.0/24", "2001:db8::53"],
         "notify": ["192.0.2.53", "[2001:db8::53]:5353"],
         "key": "transfer.key",
         "secondaries": [{"zone": "Shop.test", "primary": "127.0.0.1:5300"}]}\
        """);
    Path key = folder.resolve("transfer.key");
    Files.writeString(key, "hmac-sha256:transfer:MDEyMzQ1Njc4OWFiY2RlZg==\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    DnsPeers peers = DnsPeers.in(folder);
    assertThat(peers.allow())
        .containsExactly(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::53"));
    assertThat(peers.told())
        .containsExactly(
            DnsPeers.address("192.0.2.53:53"), DnsPeers.address("[2001:db8:0::53]:5353"));
    assertThat(peers.key().orElseThrow().name()).isEqualTo(DnsName.of("transfer"));
    assertThat(peers.secondaries().getFirst().key()).isEmpty();
    assertThat(peers.secondaries().getFirst().zone()).isEqualTo(DnsName.of("shop.test"));
    assertThat(peers.secondaries().getFirst().folder()).isEqualTo(Optional.of(folder));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"alow\": []} | unknown \"alow\"",
        "{\"allow\": \"192.0.2.1\"} | allow is a list",
        "{\"allow\": [\"example.com\"]} | not an address",
        "{\"notify\": [\"192.0.2.1\"]} | which allow does not let in",
        "{\"allow\": [\"192.0.2.1\"], \"notify\": [\"192.0.2.1:0\"]} | not an address with a port",
        "{\"secondaries\": [{\"zone\": \"a..b\", \"primary\": \"192.0.2.1\"}]} | a label is empty",
        "{\"secondaries\": [{\"zone\": \"a.b\", \"primary\": \"ns1:53\"}]} | \"ns1:53\" is not",
        "{\"secondaries\": [{\"zone\": \"a.b\"}]} | is not an address",
        "[] | there should be an object",
        "{ | Unexpected end-of-input"
      })
  void saysWhatIsWrong(String text, String because) throws Exception {
    Files.writeString(folder.resolve("dns.json"), text);
    assertThatThrownBy(() -> DnsPeers.in(folder))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.problem().why()).contains(because));
  }
}
