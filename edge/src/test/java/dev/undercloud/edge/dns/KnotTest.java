package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.dig;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.Zones;
import dev.undercloud.edge.net.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers and NOTIFY with somebody else's server, Debian's Knot, on either side. */
@Timeout(120)
class KnotTest {
  private static final Path KNOTD = Path.of("/usr/sbin/knotd");
  private static final Path KNOTC = Path.of("/usr/sbin/knotc");
  private static final DnsName NAME = DnsName.of("shop.test");

  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  @TempDir Path folder;

  private Process knot;
  private InetSocketAddress address;

  @BeforeEach
  void installed() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(KNOTD), "no Knot is installed");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
      address = new InetSocketAddress(loopback, free.getLocalPort());
    }
  }

  @AfterEach
  void end() throws Exception {
    if (knot != null) {
      knot.destroy();
      knot.waitFor();
    }
  }

  private static String text(int serial) {
    return "@ 60 IN SOA ns1 host "
        + serial
        + " 3600 3600 9000 60\n@ 60 IN NS ns1\nns1 60 IN A 192.0.2.1\nserial 60 IN TXT \""
        + serial
        + "\"\n";
  }

  private static DnsConfig config(@Nullable TsigKey key) {
    return DnsConfig.on(Ports.loopback(), 0).with(Questions.rules(key, "127.0.0.0/8", "::1"));
  }

  private void knot(InetSocketAddress other, @Nullable TsigKey key, String zone) throws Exception {
    Files.writeString(
        folder.resolve("knot.conf"),
        """
        server:
            rundir: "%1$s"
            user: "%2$s"
            listen: "127.0.0.1@%3$d"
        database:
            storage: "%1$s/db"
        log:
          - target: stderr
            any: warning
        %6$s
        remote:
          - id: other
            address: 127.0.0.1@%4$d
            %7$s
        acl:
          - id: other
            address: 127.0.0.1
            %7$s
            action: [notify, transfer]
        zone:
          - domain: shop.test
            storage: "%1$s"
            acl: other
            %5$s
        """
            .formatted(
                folder,
                System.getProperty("user.name"),
                address.getPort(),
                other.getPort(),
                zone,
                key == null
                    ? ""
                    : "key:\n  - id: shared\n    algorithm: hmac-sha256\n    secret: "
                        + Base64.getEncoder().encodeToString(SECRET),
                key == null ? "" : "key: shared"));
    knot =
        new ProcessBuilder(KNOTD.toString(), "-c", folder.resolve("knot.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("knot.log").toFile())
            .start();
  }

  private void awaitKnot(String name, String type, String answer) throws Exception {
    while (!dig(address, "+short", "+tcp", name, type).contains(answer)) {
      assertThat(knot.isAlive()).as(Files.readString(folder.resolve("knot.log"))).isTrue();
      Thread.sleep(50);
    }
  }

  private static @Nullable TsigKey key(boolean signed) {
    return signed ? TsigKey.of(DnsName.of("shared"), SECRET) : null;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void knotKeepsOurZoneAndHearsOfChanges(boolean signed) throws Exception {
    TsigKey key = key(signed);
    Watch<Zones> zones = new Watch<>(zones(zone("shop.test", text(1))));
    try (DnsServer primary = DnsServer.start(config(key), zones, Clock.system())) {
      knot(primary.address(), key, "master: other");
      awaitKnot("serial.shop.test", "TXT", "\"1\"");
      try (Notifier notifier =
          Notifier.start(
              zones,
              List.of(address),
              key,
              Duration.ofMillis(200),
              Clock.system(),
              Entropy::fast,
              LogSink.NONE)) {
        zones.publish(zones(zone("shop.test", text(2))));
        awaitKnot("serial.shop.test", "TXT", "\"2\"");
        assertThat(notifier).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void weKeepKnotsZoneAndHearOfChanges(boolean signed) throws Exception {
    TsigKey key = key(signed);
    ZoneStore store = ZoneStore.open(folder.resolve("zones"));
    try (Secondaries secondaries = new Secondaries(store, Clock.system(), LogSink.NONE);
        DnsServer secondary =
            DnsServer.start(config(null), store.zones(), secondaries, Clock.system())) {
      Path file = folder.resolve("shop.test.zone");
      Files.writeString(file, text(1));
      knot(
          secondary.address(),
          key,
          "notify: other\n    file: shop.test.zone\n    zonefile-sync: -1");
      awaitKnot("serial.shop.test", "TXT", "\"1\"");
      SecondaryConfig config = SecondaryConfig.of(NAME, address).in(folder);
      secondaries.add(key == null ? config : config.with(key));
      await(store, 1);
      Files.writeString(file, text(2));
      Process reload =
          new ProcessBuilder(
                  KNOTC.toString(),
                  "-c",
                  folder.resolve("knot.conf").toString(),
                  "zone-reload",
                  "shop.test")
              .inheritIO()
              .start();
      assertThat(reload.waitFor()).isZero();
      await(store, 2);
      assertThat(dig(secondary.address(), "+short", "serial.shop.test", "TXT")).contains("\"2\"");
      assertThat(new KeptZone(folder, NAME).read())
          .extracting(kept -> kept.zone().soa().serial())
          .isEqualTo(2L);
    }
  }

  private static void await(ZoneStore store, long serial) throws InterruptedException {
    while (store.zones().get().zones().stream()
        .map(Zone::soa)
        .noneMatch(s -> s.serial() == serial)) {
      Thread.sleep(10);
    }
  }
}
