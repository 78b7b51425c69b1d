package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.ask;
import static dev.undercloud.edge.dns.Questions.compile;
import static dev.undercloud.edge.dns.Questions.words;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

/** Headers, EDNS, truncation, and octets that are no question at all. */
class MessagesTest {
  private static final int CASES = 100_000;
  private static final Names NAMES = compile(zones(zone("shop.test", text())), r -> true);

  private static String text() {
    StringBuilder text =
        new StringBuilder(
            "@ 60 IN SOA ns1 host 7 1 1 1 60\n@ 60 IN NS ns1\nns1 60 IN A 192.0.2.1\n*.w 60 IN CNAME ns1\n");
    for (int i = 0; i < 40; i++) {
      text.append("many 60 IN A 192.0.2.").append(i).append('\n');
    }
    for (int i = 0; i < 90; i++) {
      text.append("more 60 IN A 192.0.2.").append(i).append('\n');
    }
    for (int i = 0; i < 300; i++) {
      text.append("huge 60 IN TXT \"").append("x".repeat(250)).append(i).append("\"\n");
    }
    for (int i = 0; i < 20; i++) {
      text.append("kid 60 IN NS n").append(i).append(i < 10 ? ".kid" : "").append('\n');
      text.append("n").append(i).append(i < 10 ? ".kid" : "").append(" 60 IN AAAA 2001:db8::1\n");
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # RD comes back, RA does not; the case of the name does.
          1234 0100 0001 0000 0000 0000 03 4e 53 31 04 73 48 6f 50 04 74 65 73 74 00 0001 0001 | 1234 8500 0001 0001 0000 0000 03 4e 53 31 04 73 48 6f 50 04 74 65 73 74 00 0001 0001 c00c 0001 0001 0000003c 0004 c0000201
          # No question, two questions, an answer in it, a cut name, a pointer as name, octets behind.
          1234 0000 0000 0000 0000 0000 | 1234 8001 0000 0000 0000 0000
          1234 0000 0002 0000 0000 0000 00 0001 0001 00 0001 0001 | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0001 0000 0000 00 0001 0001 | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0000 0000 0000 03 6e 73 | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0000 0000 0000 c00c 0001 0001 | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0000 0000 0000 40 0001 0001 | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0000 0000 0000 00 0001 0001 ff | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0000 0000 0001 00 0001 0001 | 1234 8001 0000 0000 0000 0000
          # NOTIFY, UPDATE, an unknown opcode.
          1234 2000 0001 0000 0000 0000 00 0001 0001 | 1234 a004 0000 0000 0000 0000
          1234 2900 0001 0000 0000 0000 00 0006 0001 | 1234 a904 0000 0000 0000 0000
          1234 7800 0001 0000 0000 0000 00 0001 0001 | 1234 f804 0000 0000 0000 0000
          # Class CHAOS; class NONE.
          1234 0000 0001 0000 0000 0000 00 0010 0003 | 1234 8005 0001 0000 0000 0000 00 0010 0003
          1234 0000 0001 0000 0000 0000 00 0010 00fe | 1234 8005 0001 0000 0000 0000 00 0010 00fe
          # EDNS version 1: BADVERS in both halves; DO comes back.
          1234 0000 0001 0000 0000 0001 00 0001 0001 00 0029 1000 00018000 0000 | 1234 8000 0001 0000 0000 0001 00 0001 0001 00 0029 04d0 01008000 0000
          1234 0000 0001 0000 0000 0001 00 0001 0001 00 0029 1000 00008000 0000 | 1234 8005 0001 0000 0000 0001 00 0001 0001 00 0029 04d0 00008000 0000
          # Two OPT records; an OPT that is not at the root; options are passed over.
          1234 0000 0001 0000 0000 0002 00 0001 0001 00 0029 1000 00000000 0000 00 0029 1000 00000000 0000 | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0000 0000 0001 00 0001 0001 01 61 00 0029 1000 00000000 0000 | 1234 8001 0000 0000 0000 0000
          1234 0000 0001 0000 0000 0001 00 0001 0001 00 0029 1000 00000000 0004 000a 0000 | 1234 8005 0001 0000 0000 0001 00 0001 0001 00 0029 04d0 00000000 0000
          1234 0000 0001 0000 0000 0001 00 0001 0001 00 0029 1000 00000000 0005 000a 0000 | 1234 8001 0000 0000 0000 0000
          """)
  void speaksTheFormat(String question, String answer) {
    byte[] octets = Questions.answer(NAMES, hex(question), false);
    assertThat(HexFormat.of().formatHex(octets)).isEqualTo(answer.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "12",
    "1234 0000 0001 0000 0000 00",
    "1234 8000 0001 0000 0000 0000 00 0001 0001"
  })
  void saysNothingToWhatIsNoQuestion(String octets) {
    assertThat(Questions.answer(NAMES, hex(octets), false)).isNull();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  @Test
  void asksToComeByTcpWhenItDoesNotFit() throws Exception {
    assertThat(words(NAMES, "many.shop.test A")).isEqualTo("NOERROR aa tc");
    assertThat(words(NAMES, "many.shop.test A EDNS")).startsWith("NOERROR aa | many");
    byte[] cut = Questions.answer(NAMES, ask("more.shop.test A EDNS").toWire(), false);
    assertThat(words(cut)).isEqualTo("NOERROR aa tc");
    assertThat(new Message(cut).getOPT().getPayloadSize()).isEqualTo(1232);
    byte[] whole = Questions.answer(NAMES, ask("more.shop.test A").toWire(), true);
    assertThat(new Message(whole).getSection(Section.ANSWER)).hasSize(90);
    // 300 texts of 250 octets are no message at all.
    byte[] huge = Questions.answer(NAMES, ask("huge.shop.test TXT").toWire(), true);
    assertThat(words(huge)).isEqualTo("SERVFAIL");
  }

  @Test
  void anEdnsPayloadUnder512IsNone() throws Exception {
    Message question = ask("ns1.shop.test A");
    question.addRecord(new OPTRecord(5, 0, 0, 0), Section.ADDITIONAL);
    assertThat(words(Questions.answer(NAMES, question.toWire(), false))).contains("192.0.2.1");
  }

  @Test
  void addressesThatAReferralNeedsMustFitAndOthersMayGo() throws Exception {
    // 20 servers and the 10 addresses below the cut: over 512, under 1232; all 20 addresses fit,
    // too.
    assertThat(words(NAMES, "x.kid.shop.test A")).isEqualTo("NOERROR tc");
    byte[] most = Questions.answer(NAMES, ask("x.kid.shop.test A EDNS").toWire(), false);
    Message message = new Message(most);
    assertThat(message.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(message.getSection(Section.AUTHORITY)).hasSize(20);
    assertThat(message.getSection(Section.ADDITIONAL)).hasSizeGreaterThanOrEqualTo(11);
    Message small = ask("x.kid.shop.test A");
    small.addRecord(new OPTRecord(most.length - 1, 0, 0, 0), Section.ADDITIONAL);
    Message without = new Message(Questions.answer(NAMES, small.toWire(), false));
    assertThat(without.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(without.getSection(Section.ADDITIONAL)).hasSize(11);
  }

  @Test
  void aSlipKeepsTheQuestionOnly() throws Exception {
    Responder responder = new Responder(Questions.transfers(), null);
    byte[] question = ask("ns1.shop.test A EDNS").toWire();
    byte[] out = new byte[Responder.LONGEST];
    responder.answer(NAMES, question, question.length, out, false, Questions.HERE);
    byte[] slip = Arrays.copyOf(out, responder.slip(out));
    assertThat(words(slip)).isEqualTo("NOERROR tc");
    assertThat(new Message(slip).getQuestion().getName()).hasToString("ns1.shop.test.");
  }

  /**
   * Good questions with octets changed, cut, doubled, and noise: always an answer in the format.
   */
  @Test
  void survivesAHundredThousandBrokenMessages() throws Exception {
    long seed = Long.getLong("seed", 20_260_101L);
    SplittableRandom random = new SplittableRandom(seed);
    Responder may = new Responder(Questions.transfers("127.0.0.0/8"), null);
    Responder mayNot = new Responder(Questions.transfers(), null);
    byte[] out = new byte[Responder.LONGEST];
    int answered = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] question = broken(random);
      boolean tcp = random.nextBoolean();
      int length;
      try {
        Responder responder = random.nextBoolean() ? may : mayNot;
        length = responder.answer(NAMES, question, question.length, out, tcp, Questions.HERE);
      } catch (RuntimeException failure) {
        throw new AssertionError(
            "seed " + seed + " case " + i + ": " + HexFormat.of().formatHex(question), failure);
      }
      if (length <= 0) {
        continue;
      }
      answered++;
      assertThat(length).isLessThanOrEqualTo(tcp ? Responder.LONGEST : Responder.UDP_PAYLOAD);
      Message answer = new Message(Arrays.copyOf(out, length));
      assertThat(answer.getHeader().getID()).isEqualTo(Wire.u16(question, 0));
      assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
      assertThat(answer.getHeader().getFlag(Flags.RA)).isFalse();
    }
    assertThat(answered).isGreaterThan(CASES / 4);
  }

  private static byte[] broken(SplittableRandom random) {
    String[] names = {
      "ns1.shop.test", "x.w.shop.test", "many.shop.test", "a.kid.shop.test", "q.test", "."
    };
    String[] types = {"A", "TXT", "ANY", "NS", "IXFR", "AXFR", "SOA"};
    String edns = random.nextBoolean() ? " EDNS" : "";
    byte[] octets =
        ask(names[random.nextInt(names.length)] + " " + types[random.nextInt(types.length)] + edns)
            .toWire();
    for (int change = random.nextInt(4); change > 0; change--) {
      int at = random.nextInt(octets.length);
      switch (random.nextInt(5)) {
        case 0 -> octets[at] = (byte) random.nextInt();
        case 1 -> octets[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> octets = Arrays.copyOf(octets, at + 1);
        case 3 -> octets[at] = (byte) (0xC0 | random.nextInt(64));
        default -> octets = spliced(octets, at, random);
      }
    }
    return octets;
  }

  private static byte[] spliced(byte[] octets, int at, SplittableRandom random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(octets, 0, at);
    byte[] noise = new byte[random.nextInt(300)];
    random.nextBytes(noise);
    out.writeBytes(noise);
    out.write(octets, at, octets.length - at);
    return out.toByteArray();
  }
}
