package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.compile;
import static dev.undercloud.edge.dns.Questions.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.ZoneRecord;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Zones that follow the apps' hosts, and what is answered when an app cannot serve. */
@Timeout(60)
class AppZonesTest {
  private static final DnsName SHOP = DnsName.of("shop.example");
  private static final List<InetAddress> HERE =
      List.of(InetAddress.ofLiteral("203.0.113.7"), InetAddress.ofLiteral("2001:db8::7"));

  private final AppZones apps = new AppZones(Set.of(SHOP), HERE, HERE.subList(0, 1));

  @TempDir Path folder;
  private ZoneStore store;

  @BeforeEach
  void made() {
    store = ZoneStore.open(folder.resolve("zones"));
    assertThat(store.ensure(SHOP, List.of(DnsName.of("ns1.shop.example")))).isTrue();
    assertThat(store.ensure(SHOP, List.of(DnsName.of("other.example")))).isFalse();
  }

  private void follow(String... hosts) {
    store.follow(apps.zones(), apps.records(List.of(hosts), store.files()));
  }

  private String ask(String question) {
    return ask(question, record -> true);
  }

  private String ask(String question, Predicate<ZoneRecord> up) {
    return words(compile(store.zones().get(), up), question);
  }

  private long serial() {
    return store.zones().get().zones().getFirst().soa().serial();
  }

  @Test
  void hostsLeadToThisMachine() {
    follow("shop.example", "*.eu.shop.example", "other.example", "192.0.2.1", "shop.localhost");
    assertThat(ask("shop.example A")).contains("203.0.113.7");
    assertThat(ask("shop.example AAAA")).contains("2001:db8");
    assertThat(ask("x.eu.shop.example A")).contains("203.0.113.7");
    assertThat(ask("www.shop.example A")).startsWith("NXDOMAIN");
    assertThat(ask("other.example A")).startsWith("REFUSED");
    assertThat(ask("ns1.shop.example A")).contains("203.0.113.7");
    assertThat(ask("ns1.shop.example AAAA")).doesNotContain("2001:db8");
  }

  @Test
  void theSerialIsRaisedWhereNamesChangeAndTheFileStaysAPersons() throws Exception {
    follow("shop.example");
    long serial = serial();
    follow("shop.example");
    assertThat(serial()).isEqualTo(serial);
    follow("shop.example", "www.shop.example");
    assertThat(serial()).isEqualTo(serial + 1);
    String file = Files.readString(folder.resolve("zones/shop.example.zone"));
    assertThat(file).doesNotContain("203.0.113.7").contains(" " + serial() + " ");
    // After a crash: without them until they are known, with a serial that secondaries take.
    store = ZoneStore.open(folder.resolve("zones"));
    follow("shop.example");
    assertThat(serial()).isEqualTo(serial + 2);
    store.follow(Set.of(), List.of());
    assertThat(ask("shop.example A")).doesNotContain("203.0.113.7");
    assertThat(store.follows(SHOP)).isFalse();
  }

  @Test
  void whatAPersonWroteStays() {
    store.add("www.shop.example", "CNAME", 60, "elsewhere.example.");
    store.add("shop.example", "A", 60, "198.51.100.9");
    store.add("shop.example", "TXT", 60, "hello");
    store.add("ns1.shop.example", "A", 60, "198.51.100.53");
    follow("shop.example", "www.shop.example");
    assertThat(ask("www.shop.example A")).contains("elsewhere.example.").doesNotContain("203.0");
    assertThat(ask("shop.example A")).contains("203.0.113.7", "198.51.100.9");
    assertThat(ask("shop.example TXT")).contains("hello");
    assertThat(ask("ns1.shop.example A")).contains("198.51.100.53").doesNotContain("203.0");
    assertThatThrownBy(() -> store.remove("shop.example", "AAAA", null))
        .hasMessageContaining("follows the app's hosts");
    store.add("shop.example", "A", 60, "203.0.113.7");
    assertThat(store.list("shop.example").stream().filter(line -> line.contains("203.0.113.7")))
        .containsExactly("shop.example. 60 IN A 203.0.113.7");
  }

  @Test
  void thisMachineLeavesTheAnswerWhereItsAppCannotServe() {
    store.add("shop.example", "A", 60, "198.51.100.9");
    store.add("eu.shop.example", "A", 60, "203.0.113.7");
    store.add("eu.shop.example", "A", 60, "198.51.100.9");
    store.add("mail.shop.example", "A", 60, "203.0.113.7");
    store.add("mail.shop.example", "A", 60, "198.51.100.9");
    follow("shop.example", "*.shop.example");
    List<String> hosts = List.of("shop.example", "*.shop.example");
    Predicate<ZoneRecord> down = apps.health(List.of("mail.shop.example"), hosts);
    assertThat(ask("shop.example A", down)).contains("198.51.100.9").doesNotContain("203.0.113.7");
    // Its only address stays: better than none.
    assertThat(ask("shop.example AAAA", down)).contains("2001:db8");
    // By hand, at a name of the app: the same.
    assertThat(ask("eu.shop.example A", down)).doesNotContain("203.0.113.7");
    // At the name of an app that can serve, and of the name server, it stays.
    assertThat(ask("mail.shop.example A", down)).contains("203.0.113.7", "198.51.100.9");
    assertThat(ask("shop.example A", apps.health(hosts, List.of()))).contains("203.0.113.7");
  }
}
