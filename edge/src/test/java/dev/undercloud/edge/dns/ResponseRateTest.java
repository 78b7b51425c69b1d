package dev.undercloud.edge.dns;

import static dev.undercloud.edge.dns.Questions.ask;
import static dev.undercloud.edge.dns.Questions.words;
import static dev.undercloud.edge.dns.Questions.zone;
import static dev.undercloud.edge.dns.Questions.zones;
import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.edge.dns.ResponseRate.Verdict;
import dev.undercloud.edge.net.Ports;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseRateTest {
  private static final long SECOND = 1_000_000_000L;
  private final ResponseRate rate = new ResponseRate(10, 42);

  @Test
  void aNetworkGetsItsRateThenEverySecondAnswerSlips() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(of("192.0.2." + i, 0)).isEqualTo(Verdict.SEND);
    }
    assertThat(of("192.0.2.77", 0)).isEqualTo(Verdict.SLIP);
    assertThat(of("192.0.2.78", 0)).isEqualTo(Verdict.DROP);
    assertThat(of("192.0.2.77", 0)).isEqualTo(Verdict.SLIP);
    assertThat(of("192.0.3.1", 0)).isEqualTo(Verdict.SEND);
    // One more for each tenth of a second, ten after a second.
    assertThat(of("192.0.2.77", SECOND / 10)).isEqualTo(Verdict.SEND);
    assertThat(of("192.0.2.77", SECOND / 10)).isEqualTo(Verdict.DROP);
    for (int i = 0; i < 10; i++) {
      assertThat(of("192.0.2.1", 3 * SECOND)).isEqualTo(Verdict.SEND);
    }
    assertThat(of("192.0.2.1", 3 * SECOND)).isNotEqualTo(Verdict.SEND);
  }

  @Test
  void anIpv6NetworkIs56Bits() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(of("2001:db8:0:" + i + "::1", 0)).isEqualTo(Verdict.SEND);
    }
    assertThat(of("2001:db8:0:ff::1", 0)).isNotEqualTo(Verdict.SEND);
    assertThat(of("2001:db8:0:100::1", 0)).isEqualTo(Verdict.SEND);
  }

  @Test
  void aMillionNetworksTakeNoMoreRoomAndTheLoudOneStaysLimited() throws Exception {
    for (int i = 0; i < 20; i++) {
      of("198.51.100.1", 0);
    }
    for (int i = 0; i < 200_000; i++) {
      assertThat(of((i >> 16 & 63) + 1 + "." + (i >> 8 & 255) + "." + (i & 255) + ".1", 0))
          .isEqualTo(Verdict.SEND);
    }
    assertThat(of("198.51.100.1", 0)).isNotEqualTo(Verdict.SEND);
  }

  @Test
  void loopbackAndNoLimitAreNotCounted() throws Exception {
    ResponseRate none = new ResponseRate(0, 1);
    for (int i = 0; i < 1_000; i++) {
      assertThat(of("127.0.0.1", 0)).isEqualTo(Verdict.SEND);
      assertThat(none.of(InetAddress.getByName("192.0.2.1"), 0)).isEqualTo(Verdict.SEND);
    }
  }

  private Verdict of(String client, long now) throws Exception {
    return rate.of(InetAddress.getByName(client), now);
  }

  @Test
  void theServerSlipsAndDropsWhatIsOverTheRate() throws Exception {
    Compiled zones =
        Compiled.EMPTY.next(
            zones(
                zone(
                    "shop.test", "@ 60 IN SOA a b 1 2 3 4 5\n@ 60 IN NS a\na 60 IN A 192.0.2.1\n")),
            r -> true);
    DnsConfig config =
        DnsConfig.on(Ports.loopback(), 0).with(DnsLimits.DEFAULT.withAnswersPerSecond(2));
    DnsLoop loop = new DnsLoop(config, () -> zones, Questions.transfers(), null, Clock.system(), 1);
    EmbeddedChannel channel = new EmbeddedChannel(new UdpQuestions(loop));
    InetSocketAddress sender = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 5_353);
    for (int i = 0; i < 6; i++) {
      channel.writeInbound(
          new DatagramPacket(
              Unpooled.wrappedBuffer(ask("a.shop.test A").toWire()), sender, sender));
    }
    List<String> said = new ArrayList<>();
    for (DatagramPacket answer = channel.readOutbound();
        answer != null;
        answer = channel.readOutbound()) {
      said.add(words(ByteBufUtil.getBytes(answer.content())));
      answer.release();
    }
    String whole = "NOERROR aa | a.shop.test. 60 A 192.0.2.1";
    assertThat(said).containsExactly(whole, whole, "NOERROR tc", "NOERROR tc");
    List<Integer> codes = new ArrayList<>();
    loop.ring.drain(slot -> codes.add(slot.rcode));
    assertThat(codes).containsExactly(0, 0, 0, DnsQuery.DROPPED, 0, DnsQuery.DROPPED);
  }
}
