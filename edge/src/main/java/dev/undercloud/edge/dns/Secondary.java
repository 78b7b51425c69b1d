package dev.undercloud.edge.dns;

import dev.undercloud.core.time.Clock;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Record;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;

/**
 * A zone kept from its primary by AXFR (RFC 5936), looked after as its SOA says: every refresh, or
 * retry after a failure, and no longer answered when it has expired. It is in memory only: after a
 * start it fails (SERVFAIL) until it has come. On a virtual thread of its own.
 */
public final class Secondary implements AutoCloseable {
  /** Before there is an SOA that says. */
  private static final Duration FIRST_RETRY = Duration.ofSeconds(10);

  /** A primary cannot make us ask without end. */
  private static final Duration SOONEST = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ZoneStore store;
  private final DnsName name;
  private final InetSocketAddress primary;
  private final Clock clock;
  private final Thread thread;
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();

  private Secondary(ZoneStore store, DnsName name, InetSocketAddress primary, Clock clock) {
    this.store = store;
    this.name = name;
    this.primary = primary;
    this.clock = clock;
    thread = Thread.ofVirtual().name("dns-secondary-" + name).unstarted(this::run);
  }

  /**
   * Begins to keep a zone in {@code store}; does not wait for it.
   *
   * @throws dev.undercloud.core.error.CloudException where the store has a zone of that name
   */
  public static Secondary start(
      ZoneStore store, DnsName zone, InetSocketAddress primary, Clock clock) {
    store.fail(zone);
    Secondary secondary = new Secondary(store, zone, primary, clock);
    secondary.thread.start();
    return secondary;
  }

  /** Why the last look at the primary failed; null where it did not. */
  public @Nullable String problem() {
    return problem.get();
  }

  private void run() {
    Soa soa = null;
    boolean expired = false;
    long good = clock.nanos();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Duration pause;
        try {
          Zone fresh = look(expired ? null : soa);
          if (fresh != null) {
            store.hold(fresh);
            soa = fresh.soa();
            expired = false;
          }
          good = clock.nanos();
          problem.set(null);
          pause = Duration.ofSeconds(soa == null ? 0 : soa.refresh());
        } catch (IOException | ZoneTransferException | IllegalArgumentException failure) {
          problem.set(primary + ": " + failure.getMessage());
          pause = soa == null ? FIRST_RETRY : Duration.ofSeconds(soa.retry());
          if (soa != null && !expired && clock.nanos() - good > soa.expire() * 1_000_000_000L) {
            store.fail(name);
            expired = true;
          }
        }
        clock.sleep(pause.compareTo(SOONEST) < 0 ? SOONEST : pause);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** The primary's zone where it is newer than {@code soa}; else null. */
  private @Nullable Zone look(@Nullable Soa soa) throws IOException, ZoneTransferException {
    if (soa != null && !Soa.isNewer(PrimarySerial.ask(name, primary, PATIENCE), soa.serial())) {
      return null;
    }
    ZoneTransferIn transfer = ZoneTransferIn.newAXFR(RecordText.name(name), primary, null);
    transfer.setTimeout(PATIENCE);
    Gathered gathered = new Gathered();
    transfer.run(gathered);
    return gathered.zone();
  }

  /** Keeps no zone any more: the store forgets it. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    store.release(name);
  }

  private final class Gathered implements ZoneTransferIn.ZoneTransferHandler {
    private final List<ZoneRecord> records = new ArrayList<>();
    private @Nullable Soa soa;

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

    Zone zone() {
      if (soa == null) {
        throw new IllegalArgumentException("a zone without SOA");
      }
      return new Zone(name, soa, records.stream().distinct().toList());
    }
  }
}
