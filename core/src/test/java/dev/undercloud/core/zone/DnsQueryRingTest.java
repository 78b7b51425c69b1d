package dev.undercloud.core.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DnsQueryRingTest {
  @Test
  void keepsWhatFitsAndCountsTheRest() throws Exception {
    DnsQueryRing ring = new DnsQueryRing(2);
    InetAddress client = InetAddress.getByName("192.0.2.9");
    for (int i = 1; i <= 3; i++) {
      byte[] name = DnsName.of("WWW" + i + ".example").toWire();
      ring.offer(i, client, name, name.length, RecordType.A, 3, 5_999, i == 2);
    }
    List<DnsQuery> read = new ArrayList<>();
    assertThat(ring.drain(read::add)).isEqualTo(2);
    assertThat(read)
        .containsExactly(
            new DnsQuery(1, "192.0.2.9", "www1.example.", RecordType.A, 3, 5, false),
            new DnsQuery(2, "192.0.2.9", "www2.example.", RecordType.A, 3, 5, true));
    assertThat(ring.dropped()).isEqualTo(1);
    ring.offer(4, client, new byte[1], 0, 0, 1, 0, false);
    assertThat(ring.drain(read::add)).isEqualTo(1);
    assertThat(read.getLast().name()).isEmpty();
  }
}
