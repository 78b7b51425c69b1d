package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.core.zone.Soa;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.ZoneRecord;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Record;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;

/** A zone as its primary has it, whole (AXFR, RFC 5936). Blocks. */
final class PrimaryZone implements ZoneTransferIn.ZoneTransferHandler {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final DnsName name;
  private final List<ZoneRecord> records = new ArrayList<>();
  private @Nullable Soa soa;

  private PrimaryZone(DnsName name) {
    this.name = name;
  }

  /** The primary's zone where it is newer than {@code have}, or that is null; else null. */
  static @Nullable Zone newer(
      DnsName name, InetSocketAddress primary, @Nullable TsigKey key, @Nullable Soa have)
      throws IOException, ZoneTransferException {
    if (have != null
        && !Soa.isNewer(PrimarySerial.ask(name, primary, key, PATIENCE), have.serial())) {
      return null;
    }
    ZoneTransferIn transfer =
        ZoneTransferIn.newAXFR(RecordText.name(name), primary, key == null ? null : key.tsig());
    transfer.setTimeout(PATIENCE);
    PrimaryZone gathered = new PrimaryZone(name);
    transfer.run(gathered);
    return gathered.zone();
  }

  private Zone zone() {
    if (soa == null) {
      throw new IllegalArgumentException("a zone without SOA");
    }
    return new Zone(name, soa, records.stream().distinct().toList());
  }

  @Override
  public void startAXFR() {}

  @Override
  public void startIXFR() throws ZoneTransferException {
    throw new ZoneTransferException("differences that nobody asked for");
  }

  @Override
  public void startIXFRDeletes(Record soaRecord) throws ZoneTransferException {
    startIXFR();
  }

  @Override
  public void startIXFRAdds(Record soaRecord) throws ZoneTransferException {
    startIXFR();
  }

  @Override
  public void handleRecord(Record record) throws ZoneTransferException {
    ZoneRecord read = RecordText.of(record);
    if (read.type() == RecordType.SOA) {
      soa = Soa.of(read.data(), read.ttl());
      return;
    }
    if (records.size() == Zone.MOST_RECORDS) {
      throw new ZoneTransferException("more than " + Zone.MOST_RECORDS + " records");
    }
    records.add(read);
  }
}
