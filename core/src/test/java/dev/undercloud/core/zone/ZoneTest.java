package dev.undercloud.core.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZoneTest {
  private static final DnsName NAME = DnsName.of("example");
  private static final Soa SOA = new Soa(NAME, NAME, 1, 1, 1, 1, 60, 300);

  @Test
  void refusesWhatNoZoneCanHave() {
    ZoneRecord address = record("a.example", RecordType.A, Rdata.of(new byte[4]));
    ZoneRecord alias = record("a.example", RecordType.CNAME, Rdata.name(NAME));
    refused("alias", address, record("example", RecordType.CNAME, Rdata.name(NAME)));
    refused("beside which", address, alias);
    refused("beside which", alias, address);
    refused("two CNAME", alias, record("A.example", RecordType.CNAME, Rdata.name(DnsName.ROOT)));
    refused("twice", address, record("A.EXAMPLE", RecordType.A, Rdata.of(new byte[4])));
    refused("not in", record("a.other", RecordType.A, Rdata.of(new byte[4])));
    refused("one SOA", record("a.example", RecordType.SOA, SOA.data()));
    refused("DNAME", record("a.example", RecordType.DNAME, Rdata.name(NAME)));
    refused("delegate", record("*.example", RecordType.NS, Rdata.name(NAME)));
  }

  private static void refused(String because, ZoneRecord... records) {
    assertThatThrownBy(() -> new Zone(NAME, SOA, List.of(records))).hasMessageContaining(because);
  }

  @Test
  void recordsHaveTheDataOfTheirType() throws Exception {
    byte[] four = new byte[4];
    assertThatThrownBy(() -> record("a", RecordType.AAAA, Rdata.of(four)));
    assertThatThrownBy(() -> record("a", RecordType.A, Rdata.of(new byte[16])));
    assertThatThrownBy(() -> record("a", RecordType.CNAME, Rdata.of(new byte[] {3, 'a'})));
    assertThatThrownBy(() -> record("a", RecordType.NS, Rdata.of(new byte[] {0, 0})));
    assertThatThrownBy(() -> record("a", RecordType.SRV, Rdata.of(four)));
    assertThatThrownBy(() -> record("a", RecordType.MX, Rdata.of(new byte[1])));
    assertThatThrownBy(() -> record("a", RecordType.TXT, Rdata.of(new byte[] {2, 'a'})));
    assertThatThrownBy(() -> record("a", RecordType.TXT, Rdata.of(new byte[0])));
    assertThatThrownBy(() -> record("a", RecordType.CAA, Rdata.of(new byte[] {0, 9, 'a'})));
    assertThatThrownBy(() -> record("a", RecordType.ANY, Rdata.of(four)));
    assertThatThrownBy(() -> record("a", RecordType.OPT, Rdata.of(four)));
    record("a", RecordType.AAAA, Rdata.address(InetAddress.getByName("::1")));
    // An address that Java would make an IPv4 one of.
    record("a", RecordType.AAAA, Rdata.of(mapped()));
    record("a", RecordType.TXT, Rdata.txt("x".repeat(600)));
    record("a", RecordType.CAA, Rdata.caa(0, "issue", ""));
    record("a", RecordType.SRV, Rdata.srv(1, 2, 443, NAME));
  }

  private static byte[] mapped() {
    byte[] address = new byte[16];
    address[10] = address[11] = -1;
    return address;
  }

  @Test
  void serialsAreComparedInACircle() {
    assertThat(Soa.isNewer(2, 1)).isTrue();
    assertThat(Soa.isNewer(1, 1)).isFalse();
    assertThat(Soa.isNewer(0, 4_294_967_295L)).isTrue();
    assertThat(Soa.isNewer(4_294_967_295L, 0)).isFalse();
    assertThat(SOA.withSerial(4_294_967_295L).raised().serial()).isZero();
    assertThat(Soa.of(SOA.data(), 300)).isEqualTo(SOA);
  }

  private static ZoneRecord record(String name, int type, Rdata data) {
    return new ZoneRecord(DnsName.of(name), type, 60, data);
  }
}
