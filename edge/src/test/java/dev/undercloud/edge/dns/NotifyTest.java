package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.udp;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.Zones;
import dev.undercloud.edge.net.Ports;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** RFC 1996, both ways. */
@Timeout(60)
class NotifyTest {
  private static final DnsName NAME = DnsName.of("shop.test");
  private static final Duration SOON = Duration.ofMillis(40);

  @TempDir Path folder;

  private final List<String> said = new CopyOnWriteArrayList<>();

  /** A zone that nobody looks at again for an hour. */
  private static Zone shop(int serial) {
    return zone(
        "shop.test", "@ 60 IN SOA ns1 host " + serial + " 3600 3600 9000 60\n@ 60 IN NS ns1\n");
  }

  private static DnsConfig config() {
    return DnsConfig.on(Ports.loopback(), 0).with(Questions.rules(null, "127.0.0.0/8", "::1"));
  }

  private Notifier notifier(Watch<Zones> zones, InetSocketAddress... targets) {
    return Notifier.start(
        zones,
        List.of(targets),
        null,
        SOON,
        Clock.system(),
        Entropy::fast,
        line -> said.add(line.message()));
  }

  @Test
  void aChangeIsAtTheSecondaryLongBeforeItsRefresh() throws Exception {
    Watch<Zones> zones = new Watch<>(zones(shop(1)));
    ZoneStore store = ZoneStore.open(folder);
    try (Secondaries secondaries = new Secondaries(store, Clock.system(), LogSink.NONE);
        DnsServer primary = DnsServer.start(config(), zones, Clock.system());
        DnsServer secondary =
            DnsServer.start(config(), store.zones(), secondaries, Clock.system())) {
      secondaries.add(SecondaryConfig.of(NAME, primary.address()));
      await(store, 1);
      try (Notifier notifier = notifier(zones, secondary.address())) {
        zones.publish(zones(shop(2)));
        await(store, 2);
        zones.publish(zones(shop(3)));
        zones.publish(zones(shop(4)));
        await(store, 4);
        assertThat(notifier).isNotNull();
      }
      assertThat(secondaries.problems()).containsEntry(NAME, "");
    }
    assertThat(said).isEmpty();
  }

  private static void await(ZoneStore store, long serial) throws InterruptedException {
    while (store.zones().get().zones().stream().noneMatch(z -> z.soa().serial() == serial)) {
      Thread.sleep(5);
    }
  }

  private static Message message(String name, int type) throws Exception {
    Message message = new Message(77);
    message.getHeader().setOpcode(Opcode.NOTIFY);
    message.getHeader().setFlag(Flags.AA);
    message.addRecord(
        Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN), Section.QUESTION);
    return message;
  }

  @ParameterizedTest
  @CsvSource({
    // the primary of shop.test, the zone, the type, what it says
    "127.0.0.1, shop.test, SOA, NOERROR",
    "127.0.0.1, SHOP.test, SOA, NOERROR",
    "127.0.0.1, shop.test, A, NOTIMP",
    "127.0.0.1, www.shop.test, SOA, NOTAUTH",
    "127.0.0.1, own.test, SOA, NOTAUTH",
    "127.0.0.2, shop.test, SOA, REFUSED",
  })
  void onlyThePrimaryOfAZoneIsHeard(String primary, String zone, String type, String code)
      throws Exception {
    ZoneStore store = ZoneStore.open(folder);
    store.create("own.test", "ns1.example.net", "host.example.net");
    try (Secondaries secondaries = new Secondaries(store, Clock.system(), LogSink.NONE);
        DnsServer server = DnsServer.start(config(), store.zones(), secondaries, Clock.system())) {
      secondaries.add(
          SecondaryConfig.of(NAME, new InetSocketAddress(InetAddress.getByName(primary), 1)));
      Message told = message(zone, Type.value(type));
      Message heard = new Message(udp(server.address(), told.toWire()));
      assertThat(Rcode.string(heard.getRcode())).isEqualTo(code);
      assertThat(heard.getHeader().getOpcode()).isEqualTo(Opcode.NOTIFY);
      assertThat(heard.getHeader().getID()).isEqualTo(77);
      assertThat(heard.getHeader().getFlag(Flags.QR)).isTrue();
      assertThat(heard.getQuestion()).isEqualTo(told.getQuestion());
      assertThat(heard.getSection(Section.ANSWER)).isEmpty();
    }
  }

  @Test
  void theNewSoaInItIsNotBelieved() throws Exception {
    Watch<Zones> zones = new Watch<>(zones(shop(1)));
    ZoneStore store = ZoneStore.open(folder);
    try (Secondaries secondaries = new Secondaries(store, Clock.system(), LogSink.NONE);
        DnsServer primary = DnsServer.start(config(), zones, Clock.system());
        DnsServer secondary =
            DnsServer.start(config(), store.zones(), secondaries, Clock.system())) {
      secondaries.add(SecondaryConfig.of(NAME, primary.address()));
      await(store, 1);
      Message told = message("shop.test", Type.SOA);
      Name name = Name.fromString("shop.test.");
      told.addRecord(
          new SOARecord(name, DClass.IN, 60, name, name, 99, 1, 1, 1, 1), Section.ANSWER);
      assertThat(new Message(udp(secondary.address(), told.toWire())).getRcode())
          .isEqualTo(Rcode.NOERROR);
      zones.publish(zones(shop(2)));
      udp(secondary.address(), message("shop.test", Type.SOA).toWire());
      await(store, 2);
    }
  }

  @Test
  void whoeverKeepsNoZonesDoesNotListen() throws Exception {
    try (DnsServer server =
        DnsServer.start(config(), new Watch<>(zones(shop(1))), Clock.system())) {
      Message heard = new Message(udp(server.address(), message("shop.test", Type.SOA).toWire()));
      assertThat(heard.getRcode()).isEqualTo(Rcode.NOTIMP);
    }
  }

  private static Message receive(DatagramSocket socket, DatagramPacket packet) throws Exception {
    socket.receive(packet);
    return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  @Test
  void aSilentSecondaryIsToldAgainUntilItAnswers() throws Exception {
    Watch<Zones> zones = new Watch<>(zones(shop(5), DevZone.of(List.of())));
    try (DatagramSocket slow = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      DatagramPacket packet = new DatagramPacket(new byte[512], 512);
      List<Integer> ids = new ArrayList<>();
      try (Notifier notifier = notifier(zones, (InetSocketAddress) slow.getLocalSocketAddress())) {
        for (int i = 0; i < 3; i++) {
          Message told = receive(slow, packet);
          ids.add(told.getHeader().getID());
          assertThat(told.getHeader().getOpcode()).isEqualTo(Opcode.NOTIFY);
          assertThat(told.getHeader().getFlag(Flags.AA)).isTrue();
          assertThat(told.getQuestion().getName()).hasToString("shop.test.");
          assertThat(((SOARecord) told.getSection(Section.ANSWER).getFirst()).getSerial())
              .isEqualTo(5);
        }
        assertThat(ids).hasSize(3);
        assertThat(ids.stream().distinct()).hasSize(1);
        Message answer = new Message(ids.getFirst());
        answer.getHeader().setOpcode(Opcode.NOTIFY);
        answer.getHeader().setFlag(Flags.QR);
        byte[] wire = answer.toWire();
        slow.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
        zones.publish(zones(shop(6)));
        // What comes next is of the new serial, or one that was on its way.
        Message told = receive(slow, packet);
        while (told.getHeader().getID() == ids.getFirst()) {
          told = receive(slow, packet);
        }
        assertThat(((SOARecord) told.getSection(Section.ANSWER).getFirst()).getSerial())
            .isEqualTo(6);
        assertThat(notifier).isNotNull();
      }
    }
    assertThat(said).isEmpty();
  }

  @Test
  void aSecondaryThatNeverAnswersIsGivenUpAndSaidSo() throws Exception {
    Watch<Zones> zones = new Watch<>(zones(shop(5)));
    try (DatagramSocket mute = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        Notifier notifier = notifier(zones, (InetSocketAddress) mute.getLocalSocketAddress())) {
      while (said.isEmpty()) {
        Thread.sleep(5);
      }
      assertThat(said).hasSize(1);
      assertThat(said.getFirst()).contains("does not answer", "shop.test.");
      mute.setSoTimeout(100);
      int count = 0;
      try {
        while (true) {
          mute.receive(new DatagramPacket(new byte[512], 512));
          count++;
        }
      } catch (java.net.SocketTimeoutException noMore) {
        assertThat(count).isEqualTo(Notified.TRIES);
      }
      assertThat(notifier).isNotNull();
    }
  }
}
