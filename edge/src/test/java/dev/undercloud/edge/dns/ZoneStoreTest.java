package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.compile;
import static dev.undercloud.edge.dns.Questions.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ZoneStoreTest {
  @TempDir Path folder;

  private ZoneStore made() {
    ZoneStore store = ZoneStore.open(folder.resolve("zones"));
    store.create("Shop.test", "ns1.shop.test", "host.shop.test");
    return store;
  }

  private String ask(ZoneStore store, String question) {
    return words(compile(store.zones().get(), record -> true), question);
  }

  private static long serial(ZoneStore store) {
    return store.zones().get().zones().getFirst().soa().serial();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          A     | 192.0.2.7                        | 192.0.2.7
          AAAA  | 2001:db8::7                      | 2001:db8:0:0:0:0:0:7
          CNAME | www                              | www.shop.test.
          CNAME | www.example.com.                 | www.example.com.
          TXT   | v=DKIM1; k=rsa; p=MII            | "v=DKIM1; k=rsa; p=MII"
          TXT   | "one" "two three"                | one "two three"
          SRV   | 1 2 443 www                      | 1 2 443 www.shop.test.
          CAA   | 0 issue "ca.example"             | 0 issue "ca.example"
          MX    | 10 mail                          | 10 mail.shop.test.
          NS    | ns.kid                           | ns.kid.shop.test.
          HTTPS | 1 . alpn=h2                      | 1 . alpn=h2
          TYPE4711 | \\# 2 abcd                    | \\# 2 ABCD
          """)
  void everyTypeIsAddedKeptAndRemoved(String type, String data, String shown) {
    ZoneStore store = made();
    store.add("new.shop.test", type, 120, data);
    String line = "new.shop.test. 120 IN " + type + " " + shown;
    assertThat(store.list("shop.test")).contains(line);
    assertThat(serial(store)).isEqualTo(2);
    ZoneStore again = ZoneStore.open(folder.resolve("zones"));
    assertThat(again.list("shop.test")).isEqualTo(store.list("shop.test"));
    assertThat(again.zones().get().zones()).isEqualTo(store.zones().get().zones());
    assertThat(again.remove("NEW.shop.test.", type, data)).hasSize(1);
    assertThat(again.list("shop.test")).doesNotContain(line);
    assertThat(serial(again)).isEqualTo(3);
  }

  @Test
  void editsOfTwoProcessesBothStay() {
    ZoneStore one = made();
    ZoneStore other = ZoneStore.open(folder.resolve("zones"));
    one.add("a.shop.test", "A", 60, "192.0.2.1");
    other.add("b.shop.test", "A", 60, "192.0.2.2");
    other.create("more.test", "ns1.shop.test", "host.more.test");
    one.remove("b.shop.test", "A", "192.0.2.2");
    one.add("c.more.test", "A", 60, "192.0.2.3");
    assertThat(one.names()).containsExactly("more.test.", "shop.test.");
    assertThat(serial(ZoneStore.open(folder.resolve("zones")))).isEqualTo(2);
    other.reload();
    assertThat(other.zones().get().zones()).isEqualTo(one.zones().get().zones());
    assertThat(ask(other, "a.shop.test A")).contains("192.0.2.1");
    assertThat(ask(other, "b.shop.test A")).startsWith("NXDOMAIN");
    try (ZoneStore.Challenge challenge = other.challenge("_acme-challenge.shop.test", "x")) {
      one.add("d.shop.test", "A", 60, "192.0.2.4");
      assertThat(one.list("shop.test")).contains("d.shop.test. 60 IN A 192.0.2.4");
    }
    assertThat(ask(other, "d.shop.test A")).contains("192.0.2.4");
  }

  @ParameterizedTest
  @CsvSource({
    "CNAME, www.shop.test, www.shop.test.",
    "CNAME, www.SHOP.test, www.SHOP.test.",
    "MX, 10 shop.test, 10 shop.test.",
    "SRV, 1 2 443 www.shop.test, 1 2 443 www.shop.test.",
    "CNAME, wwwshop.test, wwwshop.test.shop.test.",
    "TXT, www.shop.test, www.shop.test",
  })
  void aTargetThatEndsWithItsZoneIsWhole(String type, String data, String shown) {
    ZoneStore store = made();
    assertThat(ZoneStore.text(store.add("new.shop.test", type, 60, data)))
        .isEqualTo("new.shop.test. 60 IN " + type + " " + shown);
  }

  @Test
  void aWholeSetIsRemovedAtOnce() {
    ZoneStore store = made();
    store.add("www.shop.test", "A", 60, "192.0.2.1");
    store.add("www.shop.test", "A", 60, "192.0.2.2");
    store.add("www.shop.test", "AAAA", 60, "::1");
    assertThat(store.remove("www.shop.test", "A", null)).hasSize(2);
    assertThat(ask(store, "www.shop.test A")).startsWith("NOERROR aa |  | shop.test. 60 SOA");
    assertThat(ask(store, "www.shop.test AAAA")).contains("AAAA");
  }

  @Test
  void saysWhatCannotBeDone() {
    ZoneStore store = made();
    store.hold(DevZone.of(List.of()));
    store.add("www.shop.test", "A", 60, "192.0.2.1");
    long serial = serial(store);
    refused("dns-zone-unknown", () -> store.add("www.example.com", "A", 60, "192.0.2.1"));
    refused("dns-record-invalid", () -> store.add("www.shop.test", "A", 60, "192.0.2"));
    refused("dns-record-invalid", () -> store.add("www.shop.test", "A", 60, "192.0.2.1 x"));
    refused("dns-record-invalid", () -> store.add("www.shop.test", "ANY", 60, "x"));
    refused("dns-record-invalid", () -> store.add("www.shop.test", "SOA", 60, "a b 1 2 3 4 5"));
    refused("dns-record-invalid", () -> store.add("www.shop.test", "A", -1, "192.0.2.1"));
    refused("dns-record-invalid", () -> store.add("www.shop.test", "NOPE", 60, "x"));
    refused("dns-record-exists", () -> store.add("www.shop.test", "A", 90, "192.0.2.1"));
    refused("dns-record-conflict", () -> store.add("www.shop.test", "CNAME", 60, "x"));
    refused("dns-record-conflict", () -> store.add("shop.test", "CNAME", 60, "x"));
    refused("dns-name-invalid", () -> store.add("a..shop.test", "A", 60, "192.0.2.1"));
    refused("dns-record-unknown", () -> store.remove("www.shop.test", "A", "192.0.2.9"));
    refused("dns-type-unknown", () -> store.remove("www.shop.test", "NOPE", null));
    refused("dns-zone-needs-server", () -> store.remove("shop.test", "NS", null));
    refused("dns-zone-exists", () -> store.create("shop.test", "a.b", "a.b"));
    refused("dns-zone-exists", () -> store.create("localhost", "a.b", "a.b"));
    refused("dns-zone-not-editable", () -> store.add("x.localhost", "A", 60, "192.0.2.1"));
    refused("dns-zone-not-editable", () -> store.delete("localhost"));
    refused("dns-zone-unknown", () -> store.delete("example.com"));
    refused("dns-zone-unknown", () -> store.list("example.com"));
    refused("dns-name-invalid", () -> store.create("../etc", "a.b", "a.b"));
    refused("dns-name-invalid", () -> store.create("a\\047b.test", "a.b", "a.b"));
    assertThat(serial(store)).isEqualTo(serial);
    store.delete("shop.test");
    assertThat(store.names()).isEmpty();
    assertThat(ZoneStore.open(folder.resolve("zones")).names()).isEmpty();
  }

  private static void refused(String code, Callable<?> edit) {
    assertThatThrownBy(edit::call)
        .isInstanceOfSatisfying(
            CloudException.class, failure -> assertThat(failure.problem().code()).isEqualTo(code));
  }

  private static void refused(String code, Runnable edit) {
    refused(
        code,
        () -> {
          edit.run();
          return null;
        });
  }

  @Test
  void readsFilesThatPeopleWriteAndKeepsThemBesideWhatItWrites() throws Exception {
    String text =
        "; mine\n$TTL 90\n@ IN SOA ns1 host 41 2 3 4 5\n@ IN NS ns1\nns1 IN A 192.0.2.1\n";
    Path file = folder.resolve("shop.test.zone");
    Files.writeString(file, text);
    Files.writeString(folder.resolve(".new-other.zone"), "half a");
    Files.writeString(folder.resolve("README"), "not a zone");
    ZoneStore store = ZoneStore.open(folder);
    assertThat(ask(store, "ns1.shop.test A")).contains("90 A 192.0.2.1");
    store.add("www.shop.test", "A", 60, "192.0.2.2");
    assertThat(serial(store)).isEqualTo(42);
    assertThat(folder.resolve("shop.test.zone~")).hasContent(text);
    store.add("www.shop.test", "A", 60, "192.0.2.3");
    assertThat(folder.resolve("shop.test.zone~")).hasContent(text);
    Files.writeString(file, text.replace("192.0.2.1", "192.0.2.9").replace("41", "50"));
    store.reload();
    assertThat(ask(store, "ns1.shop.test A")).contains("192.0.2.9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          @ 60 IN NS ns1                                                   | no SOA
          @ 60 IN SOA a b 1 2 3 4 5                                        | no NS
          @ 60 IN SOA a b 1 2 3 4 5$@ 60 IN NS a$x 60 IN A 192.0.2         | line 3
          @ 60 IN SOA a b 1 2 3 4 5$@ 60 IN NS a$x.example. 60 IN A 192.0.2.1 | not in
          @ 60 IN SOA a b 1 2 3 4 5$@ 60 IN NS a$x 60 IN CNAME a$x 60 IN A 192.0.2.1 | beside
          @ 60 IN SOA a b 1 2 3 4 5$@ 60 IN SOA a b 1 2 3 4 5              | SOA record besides
          @ 60 IN SOA a b 1 2 3 4 5$@ 60 IN NS a$$INCLUDE /etc/hostname    | line 3
          @ 60 CH SOA a b 1 2 3 4 5                                        | class
          """)
  void refusesFilesThatAreNoZonesAndServesWhatWas(String text, String because) throws Exception {
    ZoneStore store = made();
    Files.writeString(
        folder.resolve("zones").resolve("bad.test.zone"),
        text.replace("$$", "\n\0").replace('$', '\n').replace("\0", "$") + "\n");
    assertThatThrownBy(store::reload)
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("bad.test.zone")
        .hasMessageContaining(because);
    assertThat(store.names()).containsExactly("shop.test.");
    assertThat(ask(store, "shop.test NS")).contains("ns1.shop.test.");
  }

  @Test
  void challengesAreServedUntilClosedAndNeverWritten() throws Exception {
    ZoneStore store = made();
    store.hold(DevZone.of(List.of()));
    ZoneStore.Challenge one = store.challenge("_acme-challenge.shop.test", "token-one");
    ZoneStore.Challenge two = store.challenge("_acme-challenge.shop.test", "token-two");
    assertThat(ask(store, "_acme-challenge.shop.test TXT"))
        .isEqualTo(
            "NOERROR aa | _acme-challenge.shop.test. 0 TXT token-one; _acme-challenge.shop.test. 0 TXT token-two");
    assertThat(serial(store)).isEqualTo(3);
    assertThat(Files.readString(folder.resolve("zones/shop.test.zone"))).doesNotContain("token");
    store.add("www.shop.test", "A", 60, "192.0.2.1");
    one.close();
    one.close();
    assertThat(ask(store, "_acme-challenge.shop.test TXT"))
        .endsWith("| _acme-challenge.shop.test. 0 TXT token-two");
    two.close();
    assertThat(ask(store, "_acme-challenge.shop.test TXT")).startsWith("NXDOMAIN");
    refused("dns-zone-unknown", () -> store.challenge("_acme-challenge.example.com", "x"));
    refused("dns-record-conflict", () -> conflict(store));
    store.challenge("_acme-challenge.localhost", "x").close();
  }

  private static Object conflict(ZoneStore store) {
    store.add("_acme-challenge.www.shop.test", "CNAME", 60, "elsewhere.example.");
    return store.challenge("_acme-challenge.www.shop.test", "x");
  }

  @Test
  void whatCannotBeWrittenIsNotServed() throws Exception {
    ZoneStore store = made();
    Path zones = folder.resolve("zones");
    // In the place of the file.
    Files.delete(zones.resolve("shop.test.zone"));
    Files.createDirectory(zones.resolve("shop.test.zone"));
    refused("dns-folder", () -> store.add("www.shop.test", "A", 60, "192.0.2.1"));
    refused("dns-folder", () -> store.challenge("_acme-challenge.shop.test", "x"));
    assertThat(ask(store, "www.shop.test A")).startsWith("NXDOMAIN");
    assertThat(ask(store, "_acme-challenge.shop.test TXT")).startsWith("NXDOMAIN");
    assertThat(serial(store)).isEqualTo(1);
  }

  /** Adds records until it is killed, and says of each when it is durable. */
  static final class Editor {
    private Editor() {}

    public static void main(String[] arguments) {
      ZoneStore store = ZoneStore.open(Path.of(arguments[0]));
      for (int i = Integer.parseInt(arguments[1]); ; i++) {
        store.add("host" + i + ".shop.test", "TXT", 60, "x".repeat(200));
        System.out.println(i);
      }
    }
  }

  @Test
  void editsKilledHalfwayAreThereOrNot() throws Exception {
    made();
    Path zones = folder.resolve("zones");
    int next = 0;
    for (int round = 0; round < 4; round++) {
      int said = killed(zones, next, 20 + 37 * round);
      Zone zone = ZoneStore.open(zones).zones().get().zones().getFirst();
      int there =
          (int) zone.records().stream().filter(r -> r.name().toString().startsWith("host")).count();
      assertThat(there).isBetween(said + 1, said + 2);
      assertThat(zone.soa().serial()).isEqualTo(there + 1);
      assertThat(zone.name()).isEqualTo(DnsName.of("shop.test"));
      next = there;
    }
  }

  private static int killed(Path zones, int from, int edits) throws Exception {
    Path said = zones.resolveSibling("said");
    Process editor =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Editor.class.getName(),
                zones.toString(),
                "" + from)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(said.toFile())
            .start();
    while (Files.size(said) < edits * 2) {
      Thread.sleep(5);
    }
    editor.destroyForcibly().waitFor();
    List<String> lines = Files.readAllLines(said);
    return Integer.parseInt(lines.getLast());
  }
}
