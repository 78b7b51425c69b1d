package dev.undercloud.core.zone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.DnsQuery.Reply;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DnsQueryRingTest {
  private static final Answered ONE =
      new Answered() {
        @Override
        public int records() {
          return 1;
        }

        @Override
        public int ttl() {
          return 60;
        }

        @Override
        public String text() {
          return "192.0.2.1";
        }
      };

  private final List<DnsQuery> read = new ArrayList<>();

  private static boolean offer(DnsQueryRing ring, int n, @Nullable Answered answer)
      throws Exception {
    DnsQuerySlot slot = ring.claim();
    if (slot == null) {
      return false;
    }
    byte[] name = DnsName.of("WWW" + n + ".example").toWire();
    System.arraycopy(name, 0, slot.name, 0, name.length);
    slot.nameLength = name.length;
    slot.epochMicros = n;
    slot.client = InetAddress.getByName("192.0.2.9");
    slot.type = RecordType.A;
    slot.rcode = 3;
    slot.reply = Reply.WHOLE;
    slot.tookNanos = 5_999;
    slot.tcp = n == 2;
    slot.answer = answer;
    slot.subnetBits = 0;
    ring.publish();
    return true;
  }

  private static DnsQuery query(int n, int answers, int ttl, String answer, boolean tcp) {
    return new DnsQuery(
        n,
        "192.0.2.9",
        "",
        "www" + n + ".example.",
        RecordType.A,
        3,
        Reply.WHOLE,
        answers,
        ttl,
        answer,
        5,
        tcp);
  }

  @Test
  void keepsWhatFitsAndCountsTheRest() throws Exception {
    DnsQueryRing ring = new DnsQueryRing(2);
    assertThat(offer(ring, 1, ONE)).isTrue();
    assertThat(offer(ring, 2, null)).isTrue();
    assertThat(offer(ring, 3, null)).isFalse();
    assertThat(ring.drain(slot -> read.add(slot.query()))).isEqualTo(2);
    assertThat(read).containsExactly(query(1, 1, 60, "192.0.2.1", false), query(2, 0, 0, "", true));
    assertThat(ring.dropped()).isEqualTo(1);
    DnsQuerySlot nameless = ring.claim();
    assertThat(nameless).isNotNull();
    nameless.nameLength = 0;
    ring.publish();
    assertThat(ring.drain(slot -> read.add(slot.query()))).isEqualTo(1);
    assertThat(read.getLast().name()).isEmpty();
  }

  @Test
  void aReaderThatFailsLosesOneQuestion() throws Exception {
    DnsQueryRing ring = new DnsQueryRing(4);
    offer(ring, 1, null);
    offer(ring, 2, null);
    try {
      ring.drain(slot -> {
        throw new IllegalStateException("cannot");
      });
    } catch (IllegalStateException expected) {
      assertThat(expected).hasMessage("cannot");
    }
    assertThat(ring.drain(slot -> read.add(slot.query()))).isEqualTo(1);
    assertThat(read.getFirst().name()).isEqualTo("www2.example.");
  }

  @Test
  void theSubnetIsABlockAndText() {
    DnsQuerySlot slot = new DnsQuerySlot();
    assertThat(slot.block()).isNull();
    assertThat(slot.query().subnet()).isEmpty();
    slot.subnet(new byte[] {9, (byte) 203, 0, 113}, 1, 3, 24, false);
    assertThat(slot.block()).isEqualTo(Cidr.parse("203.0.113.0/24"));
    assertThat(slot.query().subnet()).isEqualTo("203.0.113.0/24");
    slot.subnet(new byte[] {0x20, 1, 0x0d, (byte) 0xb8, 0, 7, 1}, 0, 7, 56, true);
    assertThat(slot.block()).isEqualTo(Cidr.parse("2001:db8:7:100::/56"));
    assertThat(slot.query().subnet()).isEqualTo("2001:db8:7:100:0:0:0:0/56");
  }
}
