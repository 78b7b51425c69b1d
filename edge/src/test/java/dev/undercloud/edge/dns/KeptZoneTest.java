package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.zone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.Zones;
import dev.undercloud.edge.net.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A secondary's zone outlives its process, its machine's power, and damage is not served. */
@Timeout(60)
class KeptZoneTest {
  private static final DnsName NAME = DnsName.of("shop.test");
  private static final Instant CAME = Instant.parse("2026-11-23T10:00:00Z");

  /** Seconds until a zone of {@link #shop} expires. */
  private static final int EXPIRE = 1_000;

  @TempDir Path folder;

  private final List<String> said = new CopyOnWriteArrayList<>();

  private static Zone shop(long serial) {
    return zone(
        "shop.test",
        "@ 60 IN SOA ns1 host "
            + serial
            + " 300 50 "
            + EXPIRE
            + " 60\n@ 60 IN NS ns1\n@ 60 IN CAA 0 issue \"ca.example\"\nWWW 60 IN A 192.0.2.1\n"
            + "odd\\.one 60 IN TXT \"a \\\" quote\" \"\" \"b\"\n* 60 IN TYPE65280 \\# 3 000102\n");
  }

  /** A wall clock that stands where it is put; sleeping is waiting for the end of the test. */
  private static final class Standing implements Clock {
    volatile Instant now;

    Standing(Instant now) {
      this.now = now;
    }

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      Thread.sleep(Duration.ofMinutes(5));
    }
  }

  private KeptZone kept() {
    return new KeptZone(folder, NAME);
  }

  @Test
  void isReadAsItWasWrittenWithWhenItCameAndWasConfirmed() throws Exception {
    assertThat(kept().read()).isNull();
    kept().write(shop(4_294_967_295L), "192.0.2.53:53", CAME);
    KeptZone.Kept read = Objects.requireNonNull(kept().read());
    assertThat(read).isEqualTo(new KeptZone.Kept(shop(4_294_967_295L), CAME, CAME));
    KeptZone same = kept();
    same.read();
    same.confirm(CAME.plusSeconds(90));
    assertThat(kept().read()).extracting(k -> k.confirmed()).isEqualTo(CAME.plusSeconds(90));
    // What was noted of a zone that another has replaced says nothing of that one.
    kept().write(shop(1), "192.0.2.53:53", CAME.plusSeconds(30));
    assertThat(kept().read()).extracting(k -> k.confirmed()).isEqualTo(CAME.plusSeconds(30));
    assertThat(Files.readString(kept().file(), java.nio.charset.StandardCharsets.ISO_8859_1))
        .startsWith(
            "undercloud secondary 1 shop.test. serial 1 transferred 2026-11-23T10:00:30Z from"
                + " 192.0.2.53:53\n");
  }

  @Test
  void anyPartOfItAndAnyChangeInItIsRefused() throws Exception {
    kept().write(shop(7), "192.0.2.53:53", CAME);
    byte[] whole = Files.readAllBytes(kept().file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(kept().file(), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> kept().read()).isInstanceOf(IOException.class);
    }
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(kept().file(), changed);
      assertThatThrownBy(() -> kept().read()).isInstanceOf(IOException.class);
    }
    Files.write(kept().file(), whole);
    Files.move(kept().file(), folder.resolve("other.test.secondary"));
    assertThatThrownBy(() -> new KeptZone(folder, DnsName.of("other.test")).read())
        .hasMessageContaining("another zone's");
  }

  /** Starts a secondary whose primary is away; what is served then. */
  private Zones served(Instant now) throws Exception {
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 1);
    ZoneStore store = ZoneStore.open(folder.resolve("zones"));
    try (Secondary secondary =
        Secondary.start(
            store,
            SecondaryConfig.of(NAME, nobody).in(folder),
            new Standing(now),
            line -> said.add(line.message()))) {
      Zones zones = store.zones().get();
      while (secondary.problem() == null) {
        Thread.sleep(5);
      }
      assertThat(store.zones().get()).isSameAs(zones);
      return zones;
    }
  }

  @Test
  void isServedAfterARestartUntilItExpires() throws Exception {
    KeptZone file = kept();
    file.write(shop(7), "192.0.2.53:53", CAME);
    assertThat(served(CAME.plusSeconds(5)).zones()).containsExactly(shop(7));
    assertThat(served(CAME.plusSeconds(EXPIRE - 1)).zones()).containsExactly(shop(7));
    // The clock was set back: it is no older than it may be.
    assertThat(served(CAME.minusSeconds(99)).zones()).containsExactly(shop(7));
    Zones expired = served(CAME.plusSeconds(EXPIRE));
    assertThat(expired.zones()).isEmpty();
    assertThat(expired.failing()).contains(NAME);
    assertThat(said).anyMatch(line -> line.contains("has expired"));
    file.confirm(CAME.plusSeconds(600));
    assertThat(served(CAME.plusSeconds(EXPIRE + 599)).zones()).containsExactly(shop(7));
    assertThat(served(CAME.plusSeconds(EXPIRE + 600)).zones()).isEmpty();
  }

  @Test
  void whatIsDamagedIsNotServedAndSaidSo() throws Exception {
    kept().write(shop(7), "192.0.2.53:53", CAME);
    byte[] whole = Files.readAllBytes(kept().file());
    Files.write(kept().file(), Arrays.copyOf(whole, whole.length / 2));
    assertThat(served(CAME).failing()).contains(NAME);
    assertThat(said).anyMatch(line -> line.contains("it is damaged"));
  }

  /** Takes every zone that its primary has until it is killed, and says which it is serving. */
  static final class Taker {
    private Taker() {}

    public static void main(String[] arguments) throws Exception {
      ZoneStore store = ZoneStore.open(Path.of(arguments[0], "zones"));
      InetSocketAddress primary =
          new InetSocketAddress(InetAddress.getByName("127.0.0.1"), Integer.parseInt(arguments[1]));
      Secondary taking =
          Secondary.start(
              store,
              SecondaryConfig.of(NAME, primary).in(Path.of(arguments[0])),
              Clock.system(),
              (LogLine line) -> {
                if (line.message().contains("came from")) {
                  System.out.println(line.message().replaceFirst(".*serial (\\d+).*", "$1"));
                }
              });
      while (true) {
        taking.notified();
        Thread.sleep(10);
      }
    }
  }

  @Test
  void isWholeWhateverMomentTheProcessIsKilledAt() throws Exception {
    Watch<Zones> zones = new Watch<>(Questions.zones(shop(1)));
    DnsConfig config = DnsConfig.on(Ports.loopback(), 0).with(Questions.rules(null, "127.0.0.1"));
    try (DnsServer primary = DnsServer.start(config, zones, Clock.system())) {
      Process taker = taker(primary.address().getPort());
      Path out = folder.resolve("said");
      for (long serial = 2; Files.size(out) < 4; serial++) {
        zones.publish(Questions.zones(shop(serial)));
        Thread.sleep(5);
      }
      taker.destroyForcibly().waitFor();
      long last = Long.parseLong(Files.readAllLines(out).getLast());
      long kept = Objects.requireNonNull(kept().read()).zone().soa().serial();
      // What was said to be served was on disk before.
      assertThat(kept).isGreaterThanOrEqualTo(last);
    }
  }

  private Process taker(int port) throws IOException {
    Path out = folder.resolve("said");
    Files.createFile(out);
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Taker.class.getName(),
            folder.toString(),
            "" + port)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(out.toFile())
        .start();
  }
}
