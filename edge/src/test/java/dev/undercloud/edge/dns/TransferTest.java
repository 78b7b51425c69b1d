package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.ask;
import static dev.undercloud.edge.dns.Questions.dig;
import static dev.undercloud.edge.dns.Questions.udp;
import static dev.undercloud.edge.dns.Questions.words;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.core.zone.Zones;
import dev.undercloud.edge.net.Ports;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.ZoneTransferIn;

@Timeout(60)
class TransferTest {
  private static final int RECORDS = 5_000;

  private static final DnsName NAME = DnsName.of("shop.test");

  @TempDir Path folder;

  private static Zone zone(int serial, int records) {
    StringBuilder text =
        new StringBuilder("@ 60 IN SOA ns1 host " + serial + " 100 50 1000 60\n@ 60 IN NS ns1\n");
    for (int i = 0; i < records; i++) {
      text.append("Host")
          .append(i)
          .append(" 60 IN TXT \"")
          .append("t".repeat(i % 200))
          .append("\"\n");
    }
    return Questions.zone("shop.test", text.toString());
  }

  private static DnsConfig allowing(String... prefixes) {
    return DnsConfig.on(Ports.loopback(), 0).with(Questions.rules(null, prefixes));
  }

  @Test
  void givesTheWholeZoneByTcpToWhoMayHaveIt() throws Exception {
    Zone zone = zone(7, RECORDS);
    try (DnsServer server =
        DnsServer.start(allowing("127.0.0.0/8"), new Watch<>(zones(zone)), Clock.system())) {
      ZoneTransferIn transfer =
          ZoneTransferIn.newAXFR(Name.fromString("shop.test."), server.address(), null);
      transfer.run();
      List<Record> records = transfer.getAXFR();
      Set<ZoneRecord> got = new HashSet<>();
      records.subList(1, records.size() - 1).forEach(record -> got.add(RecordText.of(record)));
      assertThat(got).isEqualTo(new HashSet<>(zone.records()));
      assertThat(dig(server.address(), "shop.test", "AXFR")).contains("XFR size: 5003 records");
      // A connection goes on after a transfer; differences are the whole zone.
      assertThat(dig(server.address(), "+tcp", "+short", "shop.test", "IXFR=3"))
          .contains("ns1.shop.test.");
      assertThat(dig(server.address(), "+notcp", "shop.test", "IXFR=3")).contains("SOA");
      assertThat(words(udp(server.address(), ask("shop.test AXFR").toWire()))).isEqualTo("FORMERR");
      assertThat(dig(server.address(), "host1.shop.test", "AXFR")).contains("Transfer failed");
    }
  }

  @Test
  void refusesItToOthers() throws Exception {
    try (DnsServer server =
        DnsServer.start(
            allowing("192.0.2.0/24", "::1"), new Watch<>(zones(zone(7, 3))), Clock.system())) {
      assertThat(dig(server.address(), "shop.test", "AXFR")).contains("Transfer failed");
      assertThat(dig(server.address(), "+tcp", "shop.test", "IXFR=1")).contains("Transfer failed");
      assertThat(dig(server.addresses().getLast(), "shop.test", "AXFR")).contains("XFR size");
    }
  }

  @Test
  void whoMayHaveItChangesWhileItRuns() throws Exception {
    Zone zone = zone(7, 3);
    try (DnsServer server =
            DnsServer.start(allowing("127.0.0.2"), new Watch<>(zones(zone)), Clock.system());
        Socket open = new Socket()) {
      open.connect(server.address());
      assertThat(dig(server.address(), "-b", "127.0.0.2", "shop.test", "AXFR"))
          .contains("XFR size");
      assertThat(dig(server.address(), "shop.test", "AXFR")).contains("Transfer failed");
      server.allow(Questions.rules(null, "127.0.0.1"));
      assertThat(dig(server.address(), "-b", "127.0.0.2", "shop.test", "AXFR"))
          .contains("Transfer failed");
      assertThat(dig(server.address(), "shop.test", "AXFR")).contains("XFR size");
      // A connection from before is there still, and answered.
      byte[] question = ask("shop.test SOA").toWire();
      open.getOutputStream().write(new byte[] {0, (byte) question.length});
      open.getOutputStream().write(question);
      assertThat(open.getInputStream().read()).isNotNegative();
    }
  }

  @Test
  void whatIsKeptFollowsAList() throws Exception {
    ZoneStore store = ZoneStore.open(folder.resolve("zones"));
    store.create("ours.test", "ns1.ours.test", "host.ours.test");
    try (DnsServer primary =
            DnsServer.start(allowing("127.0.0.1"), new Watch<>(zones(zone(7, 3))), Clock.system());
        Secondaries secondaries = new Secondaries(store, Clock.system(), LogSink.NONE)) {
      SecondaryConfig shop = SecondaryConfig.of(NAME, primary.address());
      secondaries.keep(List.of(shop));
      while (secondaries.states().get(NAME).confirmed().isEmpty()) {
        Thread.sleep(5);
      }
      SecondaryState before = secondaries.states().get(NAME);
      assertThat(before.transferred()).isPresent();
      assertThat(before.primary()).isEqualTo(primary.address());
      assertThat(before.problem()).isEmpty();
      SecondaryConfig ours = SecondaryConfig.of(DnsName.of("ours.test"), primary.address());
      assertThatThrownBy(() -> secondaries.keep(List.of(ours)))
          .hasMessageContaining("There is a zone ours.test. already");
      secondaries.keep(List.of(SecondaryConfig.of(NAME, primary.address())));
      assertThat(secondaries.states().get(NAME).transferred()).isEqualTo(before.transferred());
      secondaries.keep(List.of());
      assertThat(secondaries.states()).isEmpty();
      assertThat(store.zones().get().zones()).extracting(Zone::name).doesNotContain(NAME);
    }
  }

  /** Time that passes only when somebody sleeps, a thousand times as fast. */
  private static final class Hurry implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(nanos.get());
    }

    @Override
    public long nanos() {
      return nanos.get();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      Thread.sleep(duration.dividedBy(1_000).plusMillis(1));
      nanos.addAndGet(duration.toNanos());
    }
  }

  @Test
  void aSecondaryFollowsItsPrimaryAndExpiresWithoutIt() throws Exception {
    Watch<Zones> primary = new Watch<>(zones(zone(7, 10)));
    DnsServer source = DnsServer.start(allowing("127.0.0.1"), primary, Clock.system());
    InetSocketAddress from = source.address();
    ZoneStore store = ZoneStore.open(folder);
    try (Secondary secondary = Secondary.start(store, NAME, from, new Hurry())) {
      await(store, zones -> serial(zones) == 7);
      assertThat(store.zones().get().zones().getFirst())
          .isEqualTo(primary.get().zones().getFirst());
      assertThatThrownBy(() -> store.add("x.shop.test", "A", 60, "192.0.2.1"))
          .isInstanceOfSatisfying(
              CloudException.class,
              e -> assertThat(e.problem().code()).isEqualTo("dns-zone-not-editable"));
      primary.publish(zones(zone(9, 20)));
      await(store, zones -> serial(zones) == 9);
      // An older serial is not taken.
      primary.publish(zones(zone(8, 1)));
      Thread.sleep(300);
      assertThat(serial(store.zones().get())).isEqualTo(9);
      source.close();
      await(store, zones -> zones.failing().contains(NAME));
      assertThat(words(Questions.compile(store.zones().get(), r -> true), "a.shop.test A"))
          .isEqualTo("SERVFAIL");
      assertThat(secondary.problem()).contains(from.toString());
      try (DnsServer again =
          DnsServer.start(
              DnsConfig.on(List.of(from.getAddress()), from.getPort())
                  .with(Questions.rules(null, "127.0.0.1")),
              primary,
              Clock.system())) {
        assertThat(again.address()).isEqualTo(from);
        await(store, zones -> serial(zones) == 8);
        assertThat(secondary.problem()).isNull();
      }
    }
    assertThat(store.zones().get().failing()).isEmpty();
    assertThat(store.zones().get().zones()).isEmpty();
  }

  @Test
  void aPrimaryThatRefusesIsAProblemInWords() throws Exception {
    try (DnsServer source =
        DnsServer.start(allowing(), new Watch<>(zones(zone(7, 10))), Clock.system())) {
      ZoneStore store = ZoneStore.open(folder);
      try (Secondary secondary = Secondary.start(store, NAME, source.address(), new Hurry())) {
        while (secondary.problem() == null) {
          Thread.sleep(5);
        }
        assertThat(secondary.problem()).contains("REFUSED");
        assertThat(store.zones().get().failing()).contains(NAME);
      }
    }
  }

  private static long serial(Zones zones) {
    return zones.zones().isEmpty() ? -1 : zones.zones().getFirst().soa().serial();
  }

  private static void await(ZoneStore store, java.util.function.Predicate<Zones> state)
      throws InterruptedException {
    while (!state.test(store.zones().get())) {
      Thread.sleep(5);
    }
  }
}
