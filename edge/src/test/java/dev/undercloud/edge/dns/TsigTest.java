package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.dig;
import static dev.undercloud.edge.dns.Questions.udp;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.edge.net.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferIn;

/** RFC 8945: zones go only to whoever signs, and come only from who does. */
@Timeout(60)
class TsigTest {
  private static final DnsName NAME = DnsName.of("shop.test");
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] OTHER = "another secret of some length...".getBytes(US_ASCII);
  private static final TsigKey KEY = TsigKey.of(DnsName.of("Transfer"), SECRET);

  @TempDir Path folder;

  private DnsServer server;

  /** Several messages long. */
  private static Zone shop() {
    StringBuilder text =
        new StringBuilder("@ 60 IN SOA ns1 host 7 3600 3600 9000 60\n@ 60 IN NS ns1\n");
    for (int i = 0; i < 2_000; i++) {
      text.append("host").append(i).append(" 60 IN TXT \"a text of some length, n ").append(i);
      text.append("\"\n");
    }
    return zone("shop.test", text.toString());
  }

  @BeforeEach
  void serve() {
    server =
        DnsServer.start(
            DnsConfig.on(Ports.loopback(), 0).with(Questions.rules(KEY, "127.0.0.1")),
            new Watch<>(zones(shop())),
            Clock.system());
  }

  @AfterEach
  void end() {
    server.close();
  }

  private static TSIG tsig(String name, byte[] secret) throws Exception {
    return new TSIG(TSIG.HMAC_SHA256, Name.fromString(name, Name.root), secret);
  }

  private int transferred(@Nullable TSIG by) throws Exception {
    ZoneTransferIn transfer =
        ZoneTransferIn.newAXFR(Name.fromString("shop.test."), server.address(), by);
    transfer.run();
    return transfer.getAXFR().size();
  }

  @Test
  void whoSignsGetsTheZoneAndEachMessageOfItIsSigned() throws Exception {
    assertThat(transferred(tsig("transfer", SECRET))).isEqualTo(2_003);
    assertThat(transferred(tsig("TRANSFER", SECRET))).isEqualTo(2_003);
    String key = "hmac-sha256:transfer:" + Base64.getEncoder().encodeToString(SECRET);
    assertThat(dig(server.address(), "-y", key, "shop.test", "AXFR"))
        .contains("XFR size: 2003 records")
        .doesNotContain("verify", "failed");
  }

  @Test
  void othersDoNot() throws Exception {
    assertThatThrownBy(() -> transferred(null)).hasMessageContaining("REFUSED");
    assertThatThrownBy(() -> transferred(tsig("transfer", OTHER)));
    assertThatThrownBy(() -> transferred(tsig("unknown", SECRET)));
    assertThatThrownBy(() -> transferred(new TSIG(TSIG.HMAC_SHA512, name("transfer."), SECRET)));
    // The right key from an address that may not: ::1 is not 127.0.0.1.
    ZoneTransferIn elsewhere =
        ZoneTransferIn.newAXFR(
            name("shop.test."), server.addresses().getLast(), tsig("transfer", SECRET));
    assertThatThrownBy(elsewhere::run).hasMessageContaining("REFUSED");
    assertThat(transferred(tsig("transfer", SECRET))).isEqualTo(2_003);
  }

  private static Name name(String text) throws Exception {
    return Name.fromString(text);
  }

  private static Message question(String name, int type) throws Exception {
    return Message.newQuery(Record.newRecord(name(name), type, DClass.IN));
  }

  @Test
  void everySignedQuestionHasASignedAnswer() throws Exception {
    TSIG by = tsig("transfer", SECRET);
    for (int type : new int[] {Type.SOA, Type.A, Type.IXFR}) {
      Message asked = question("shop.test.", type);
      by.apply(asked, null);
      byte[] wire = udp(server.address(), asked.toWire());
      Message answer = new Message(wire);
      assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(by.verify(answer, wire, asked.getTSIG())).isEqualTo(Rcode.NOERROR);
    }
    assertThat(new Message(udp(server.address(), question("shop.test.", Type.SOA).toWire())))
        .extracting(Message::getTSIG)
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({"transfer, false, 16", "unknown, true, 17"})
  void whatDoesNotHoldIsSaidWithoutASignature(String name, boolean right, int error)
      throws Exception {
    Message asked = question("shop.test.", Type.SOA);
    tsig(name, right ? SECRET : OTHER).apply(asked, null);
    Message answer = new Message(udp(server.address(), asked.toWire()));
    assertThat(answer.getRcode()).isEqualTo(Rcode.NOTAUTH);
    assertThat(answer.getTSIG().getError()).isEqualTo(error);
    assertThat(answer.getTSIG().getSignature()).isEmpty();
    assertThat(answer.getSection(Section.ANSWER)).isEmpty();
  }

  @Test
  void aClockThatDiffersIsSaidWithASignature() throws Exception {
    TSIG late =
        new TSIG(
            TSIG.HMAC_SHA256,
            name("transfer."),
            new SecretKeySpec(SECRET, "HmacSHA256"),
            java.time.Clock.fixed(Instant.now().minus(Duration.ofHours(1)), ZoneOffset.UTC));
    Message asked = question("shop.test.", Type.SOA);
    late.apply(asked, null);
    Message answer = new Message(udp(server.address(), asked.toWire()));
    assertThat(answer.getRcode()).isEqualTo(Rcode.NOTAUTH);
    assertThat(answer.getTSIG().getError()).isEqualTo(Rcode.BADTIME);
    assertThat(answer.getTSIG().getSignature()).hasSize(32);
  }

  private @Nullable String problem(SecondaryConfig config) throws Exception {
    ZoneStore store = ZoneStore.open(folder);
    try (Secondary secondary = Secondary.start(store, config, Clock.system(), LogSink.NONE)) {
      while (store.zones().get().zones().isEmpty() && secondary.problem() == null) {
        Thread.sleep(5);
      }
      return secondary.problem();
    }
  }

  @Test
  void aSecondaryTakesNothingThatIsNotSigned() throws Exception {
    SecondaryConfig config = SecondaryConfig.of(NAME, server.address());
    assertThat(problem(config.with(KEY))).isNull();
    assertThat(problem(config)).contains("REFUSED");
    assertThat(problem(config.with(TsigKey.of(DnsName.of("transfer"), OTHER)))).isNotNull();
    try (DnsServer open =
        DnsServer.start(
            DnsConfig.on(Ports.loopback(), 0).with(Questions.rules(null, "127.0.0.1")),
            new Watch<>(zones(shop())),
            Clock.system())) {
      assertThat(problem(SecondaryConfig.of(NAME, open.address()))).isNull();
      assertThat(problem(SecondaryConfig.of(NAME, open.address()).with(KEY))).isNotNull();
    }
  }

  private TsigKey read(String text, String permissions) throws Exception {
    Path file = folder.resolve("transfer.key");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return TsigKey.read(file);
  }

  @Test
  void aKeyIsInAFileOfItsOwn() throws Exception {
    String secret = Base64.getEncoder().encodeToString(SECRET);
    TsigKey key = read("# made today\nhmac-sha256:Transfer.:" + secret + "\n", "rw-------");
    assertThat(key.name()).isEqualTo(DnsName.of("transfer"));
    assertThat(key.toString()).doesNotContain(secret);
    for (String wrong :
        List.of(
            "",
            "hmac-md5:a:" + secret,
            "a:" + secret,
            "hmac-sha256:a:" + secret + "!",
            "hmac-sha256:a:c2hvcnQ=",
            "hmac-sha256:a:" + secret + "\nhmac-sha256:b:" + secret)) {
      assertThatThrownBy(() -> read(wrong, "rw-------"))
          .isInstanceOf(CloudException.class)
          .message()
          .doesNotContain(secret);
    }
    assertThatThrownBy(() -> read("hmac-sha256:a:" + secret, "rw-r-----"))
        .hasMessageContaining("chmod 600");
  }
}
