package dev.undercloud.observe;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.query.DnsFilter;
import dev.undercloud.observe.query.History;
import dev.undercloud.observe.query.LogQuery;
import dev.undercloud.observe.query.RequestQuery;
import dev.undercloud.observe.store.Store;
import dev.undercloud.observe.store.StoreLimits;
import dev.undercloud.observe.why.Why;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The past of an app that does not run now. Changes nothing on disk. Questions throw {@code
 * CloudException} where another process has the files.
 */
public final class Offline implements AutoCloseable {
  private final Store store;
  private final History history;

  Offline(Path directory, Clock clock) {
    StoreLimits unused = new StoreLimits(ByteSize.ofMiB(1), Duration.ofDays(1), new ByteSize(0));
    store = new Store(directory, unused, clock, words -> {});
    history = new History(null, store, clock);
  }

  public List<Exchange> requests(RequestQuery query) {
    return history.requests(query);
  }

  public Optional<Why> why(String requestId) {
    return history.why(requestId);
  }

  public List<LogEntry> logLines(LogQuery query) {
    return history.logLines(query);
  }

  /** Newest first. */
  public List<DnsQuery> queries(DnsFilter filter) {
    return history.queries(filter);
  }

  @Override
  public void close() {
    store.close();
  }
}
