package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.ask;
import static dev.undercloud.edge.dns.Questions.connect;
import static dev.undercloud.edge.dns.Questions.dig;
import static dev.undercloud.edge.dns.Questions.framed;
import static dev.undercloud.edge.dns.Questions.readFramed;
import static dev.undercloud.edge.dns.Questions.udp;
import static dev.undercloud.edge.dns.Questions.words;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.core.zone.Zones;
import dev.undercloud.edge.net.Ports;
import dev.undercloud.edge.net.Transport;
import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

@Timeout(60)
class DnsServerTest {
  private static final String SHOP =
      "@ 60 IN SOA ns1 host 7 1 1 1 60\n@ 60 IN NS ns1\nns1 60 IN A 192.0.2.1\nwww 60 IN A 192.0.2.2\nwww 60 IN A 192.0.2.3\n";

  private final Watch<Zones> zones =
      new Watch<>(
          zones(zone("shop.test", SHOP + many()), DevZone.of(List.of("articles.localhost"))));

  private static String many() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append("many 60 IN A 192.0.2.").append(i).append('\n');
    }
    return text.toString();
  }

  private DnsServer start(DnsConfig config) {
    return DnsServer.start(config, zones, Clock.system());
  }

  private static DnsConfig config() {
    return DnsConfig.on(Ports.loopback(), 0);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void digGetsAnswersByUdpAndTcp(Transport transport) throws Exception {
    try (DnsServer server = start(config().with(transport))) {
      for (InetSocketAddress at : server.addresses()) {
        assertThat(at.getPort()).isEqualTo(server.address().getPort());
        for (String way : List.of("+notcp", "+tcp")) {
          assertThat(dig(at, way, "+short", "articles.localhost", "A")).isEqualTo("127.0.0.1\n");
          assertThat(dig(at, way, "+short", "articles.localhost", "AAAA")).isEqualTo("::1\n");
          assertThat(dig(at, way, "unknown-articles.localhost", "A"))
              .contains("NXDOMAIN", "SOA", "flags: qr aa rd;");
          assertThat(dig(at, way, "example.com", "A")).contains("status: REFUSED");
        }
      }
    }
  }

  @Test
  void digComesByTcpForWhatIsTooLong() throws Exception {
    try (DnsServer server = start(config())) {
      String printed = dig(server.address(), "many.shop.test", "A");
      assertThat(printed).contains("Truncated, retrying in TCP mode", "ANSWER: 200,");
      assertThat(dig(server.address(), "+edns=1", "+noednsnegotiation", "shop.test", "SOA"))
          .contains("BADVERS");
    }
  }

  @Test
  void answersManyDatagramsAtOnce() throws Exception {
    try (DnsServer server = start(config());
        DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(5_000);
      byte[] question = ask("ns1.shop.test A").toWire();
      int sent = 500;
      boolean[] seen = new boolean[sent];
      for (int turn = 0; turn < 5; turn++) {
        for (int i = turn * 100; i < turn * 100 + 100; i++) {
          Wire.u16(question, 0, i);
          socket.send(new DatagramPacket(question, question.length, server.address()));
        }
        for (int i = 0; i < 100; i++) {
          DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
          socket.receive(answer);
          seen[Wire.u16(answer.getData(), 0)] = true;
        }
      }
      assertThat(seen).doesNotContain(false);
    }
  }

  @Test
  void aDatagramThatIsTooLongIsMalformedAndTheNextIsServed() throws Exception {
    try (DnsServer server = start(config())) {
      byte[] question = ask("ns1.shop.test A").toWire();
      byte[] longOne = java.util.Arrays.copyOf(question, 4_000);
      assertThat(words(udp(server.address(), longOne))).isEqualTo("FORMERR");
      assertThat(words(udp(server.address(), question))).contains("192.0.2.1");
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void answersPipelinedQuestionsInTheirOrderHoweverTheyCome(Transport transport) throws Exception {
    try (DnsServer server = start(config().with(transport));
        Socket socket = connect(server.address())) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = 0; i < 50; i++) {
        byte[] question = ask(i % 2 == 0 ? "ns1.shop.test A" : "many.shop.test A").toWire();
        Wire.u16(question, 0, i);
        all.writeBytes(framed(question));
      }
      byte[] octets = all.toByteArray();
      socket.getOutputStream().write(octets, 0, octets.length / 2);
      for (int i = octets.length / 2; i < octets.length; i++) {
        socket.getOutputStream().write(octets[i]);
      }
      for (int i = 0; i < 50; i++) {
        byte[] answer = readFramed(socket.getInputStream());
        assertThat(Wire.u16(answer, 0)).isEqualTo(i);
        assertThat(Wire.u16(answer, 6)).isEqualTo(i % 2 == 0 ? 1 : 200);
      }
    }
  }

  /** Answers of 64 MB would be made for 400 kB of questions: they wait until the client reads. */
  @Test
  void waitsForAClientThatReadsSlowly() throws Exception {
    int questions = 20_000;
    try (DnsServer server = start(config());
        Socket socket = connect(server.address())) {
      byte[] one = framed(ask("many.shop.test A").toWire());
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < questions; i++) {
                    socket.getOutputStream().write(one);
                  }
                  socket.shutdownOutput();
                } catch (java.io.IOException broken) {
                  throw new java.io.UncheckedIOException(broken);
                }
              });
      for (int i = 0; i < questions; i++) {
        readFramed(socket.getInputStream());
      }
      writer.join();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void endsConnectionsThatAreIdleOrNoResolvers() throws Exception {
    DnsConfig brief = config().with(DnsLimits.DEFAULT.withConnections(2, 2, Duration.ofSeconds(1)));
    try (DnsServer server = start(brief)) {
      try (Socket idle = connect(server.address());
          Socket slow = connect(server.address())) {
        idle.getOutputStream().write(framed(ask("ns1.shop.test A").toWire()));
        readFramed(idle.getInputStream());
        slow.getOutputStream().write(new byte[] {0, 40, 1});
        try (Socket third = connect(server.address())) {
          assertThat(third.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(slow.getInputStream().read()).isEqualTo(-1);
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
      }
      try (Socket babbler = connect(server.address())) {
        babbler.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
        assertThat(babbler.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void publishedZonesAndHealthAreInForceAtOnce() throws Exception {
    Watch<Predicate<ZoneRecord>> health = new Watch<>(record -> true);
    try (DnsServer server = DnsServer.start(config(), zones, health, Clock.system())) {
      byte[] www = ask("www.shop.test A").toWire();
      assertThat(words(udp(server.address(), www))).contains("192.0.2.2", "192.0.2.3");
      health.publish(record -> !RecordText.data(record).equals("192.0.2.2"));
      assertThat(words(udp(server.address(), www)))
          .doesNotContain("192.0.2.2")
          .contains("192.0.2.3");
      health.publish(record -> false);
      assertThat(words(udp(server.address(), www))).contains("192.0.2.2", "192.0.2.3");
      zones.publish(zones(zone("shop.test", SHOP.replace("192.0.2.3", "192.0.2.9"))));
      assertThat(words(udp(server.address(), www))).contains("192.0.2.9");
      assertThat(words(udp(server.address(), ask("articles.localhost A").toWire())))
          .isEqualTo("REFUSED");
    }
  }

  @Test
  void tellsTelemetryWhoAskedWhat() throws Exception {
    try (DnsServer server = start(config())) {
      udp(server.address(), ask("WWW.shop.test AAAA").toWire());
      try (Socket socket = connect(server.address())) {
        socket.getOutputStream().write(framed(ask("nowhere.shop.test A").toWire()));
        readFramed(socket.getInputStream());
      }
      List<DnsQuery> seen = new ArrayList<>();
      while (seen.size() < 2) {
        server.rings().getFirst().drain(slot -> seen.add(slot.query()));
      }
      assertThat(seen)
          .extracting(DnsQuery::name)
          .containsExactly("www.shop.test.", "nowhere.shop.test.");
      assertThat(seen).extracting(DnsQuery::type).containsExactly(RecordType.AAAA, RecordType.A);
      assertThat(seen).extracting(DnsQuery::rcode).containsExactly(Wire.NOERROR, Wire.NXDOMAIN);
      assertThat(seen).extracting(DnsQuery::tcp).containsExactly(false, true);
      assertThat(seen).extracting(DnsQuery::client).containsOnly("127.0.0.1");
      assertThat(seen).extracting(DnsQuery::answers).containsExactly(0, 0);
      long now = Clock.system().now().toEpochMilli();
      assertThat(seen.getFirst().epochMicros() / 1_000).isBetween(now - 30_000, now + 1_000);
    }
  }

  @Test
  void tellsTelemetryWhatWasAnsweredAndForWhom() throws Exception {
    try (DnsServer server = start(config())) {
      Message question = ask("www.shop.test A");
      question.addRecord(
          new OPTRecord(
              1_232, 0, 0, 0, new ClientSubnetOption(24, InetAddress.getByName("203.0.113.0"))),
          Section.ADDITIONAL);
      udp(server.address(), question.toWire());
      udp(server.address(), ask("many.shop.test A").toWire());
      List<DnsQuery> seen = new ArrayList<>();
      while (seen.size() < 2) {
        server.rings().getFirst().drain(slot -> seen.add(slot.query()));
      }
      DnsQuery www = seen.getFirst();
      assertThat(www.subnet()).isEqualTo("203.0.113.0/24");
      assertThat(www.answer()).isEqualTo("192.0.2.2, 192.0.2.3");
      assertThat(www.answers()).isEqualTo(2);
      assertThat(www.ttl()).isEqualTo(60);
      assertThat(www.reply()).isEqualTo(DnsQuery.Reply.WHOLE);
      DnsQuery many = seen.getLast();
      assertThat(many.subnet()).isEmpty();
      assertThat(many.reply()).isEqualTo(DnsQuery.Reply.TRUNCATED);
      assertThat(many.answer()).endsWith(", …");
    }
  }

  @Test
  void severalLoopsShareThePort() throws Exception {
    try (DnsServer server = start(config().withThreads(2))) {
      for (int i = 0; i < 40; i++) {
        assertThat(words(udp(server.address(), ask("ns1.shop.test A").toWire())))
            .contains("192.0.2.1");
      }
      assertThat(server.rings()).hasSize(2);
      int seen = server.rings().stream().mapToInt(ring -> ring.drain(q -> {})).sum();
      assertThat(seen).isEqualTo(40);
    }
  }

  @Test
  void takesTheNextPortWhereOneIsTaken() throws Exception {
    try (DnsServer first = start(DnsConfig.onLoopback());
        DnsServer second = start(DnsConfig.onLoopback())) {
      assertThat(first.address().getPort()).isGreaterThanOrEqualTo(DnsConfig.FIRST_PORT);
      assertThat(second.address().getPort()).isGreaterThan(first.address().getPort());
    }
  }

  @Test
  void saysWhichPortIsTakenForUdpOrTcp() throws Exception {
    try (ServerSocket tcp = new ServerSocket(0, 1, Ports.loopback().getFirst());
        DatagramSocket udp =
            new DatagramSocket(new InetSocketAddress(Ports.loopback().getFirst(), 0))) {
      for (int port : List.of(tcp.getLocalPort(), udp.getLocalPort())) {
        assertThatThrownBy(() -> start(DnsConfig.on(Ports.loopback(), port)).close())
            .isInstanceOfSatisfying(
                CloudException.class,
                failure -> {
                  assertThat(failure.problem().code()).isEqualTo("dns-port-taken");
                  assertThat(failure.problem().where()).endsWith(":" + port);
                });
      }
    }
  }

  @Test
  void nobodyAnswersAfterClose() throws Exception {
    DnsServer server = start(config());
    InetSocketAddress at = server.address();
    server.close();
    server.close();
    assertThat(Ports.isFree(at)).isTrue();
    try (DatagramSocket free = new DatagramSocket(at)) {
      assertThat(free.getLocalPort()).isEqualTo(at.getPort());
    }
  }
}
