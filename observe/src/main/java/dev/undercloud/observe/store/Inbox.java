package dev.undercloud.observe.store;

import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import java.util.ArrayList;
import java.util.List;

/** What waits to be written, bounded; what does not fit is counted. Any thread. */
final class Inbox {
  /** Twenty seconds of the default budget of detail. */
  static final int MOST_EXCHANGES = 20_000;

  static final int MOST_LINES = 20_000;

  static final int MOST_QUERIES = 10_000;

  /** Characters of waiting lines. */
  static final int MOST_CHARS = 8 << 20;

  /** What is written at once. */
  record Batch(List<Exchange> exchanges, List<LogEntry> lines, List<DnsQuery> queries) {
    boolean isEmpty() {
      return exchanges.isEmpty() && lines.isEmpty() && queries.isEmpty();
    }
  }

  private List<Exchange> exchanges = new ArrayList<>();
  private List<LogEntry> lines = new ArrayList<>();
  private List<DnsQuery> queries = new ArrayList<>();
  private int chars;
  private long droppedExchanges;
  private long droppedLines;
  private long droppedQueries;

  synchronized void offer(Exchange exchange) {
    if (exchanges.size() >= MOST_EXCHANGES) {
      droppedExchanges++;
    } else {
      exchanges.add(exchange);
    }
  }

  synchronized void offer(LogEntry line) {
    if (lines.size() >= MOST_LINES || chars + line.message().length() > MOST_CHARS) {
      droppedLines++;
    } else {
      lines.add(line);
      chars += line.message().length();
    }
  }

  synchronized void offer(DnsQuery query) {
    if (queries.size() >= MOST_QUERIES) {
      droppedQueries++;
    } else {
      queries.add(query);
    }
  }

  synchronized Batch take() {
    Batch batch = new Batch(exchanges, lines, queries);
    exchanges = new ArrayList<>();
    lines = new ArrayList<>();
    queries = new ArrayList<>();
    chars = 0;
    return batch;
  }

  synchronized boolean isEmpty() {
    return exchanges.isEmpty() && lines.isEmpty() && queries.isEmpty();
  }

  synchronized void lost(Batch batch) {
    droppedExchanges += batch.exchanges.size();
    droppedLines += batch.lines.size();
    droppedQueries += batch.queries.size();
  }

  synchronized long droppedExchanges() {
    return droppedExchanges;
  }

  synchronized long droppedQueries() {
    return droppedQueries;
  }

  synchronized long droppedLines() {
    return droppedLines;
  }
}
