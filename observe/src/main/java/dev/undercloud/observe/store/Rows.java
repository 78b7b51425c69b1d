package dev.undercloud.observe.store;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Lookup;
import dev.undercloud.observe.model.Marks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** Between records and rows, in the order of {@link Schema}'s columns. */
final class Rows {
  private static final int FIRST_MARK = 26;

  /** Behind the marks and what the cache had to do with it. */
  private static final int FIRST_LOOKUP = FIRST_MARK + Stage.COUNT + 2;

  private static final int LOOKUP_COLUMNS = 10;

  private Rows() {}

  static void append(DuckDBAppender to, Exchange e) throws SQLException {
    to.beginRow();
    to.append(e.epochMicros()).append(e.id()).append(e.traceHigh()).append(e.traceLow());
    to.append(e.parentSpan());
    text(to, e.app());
    text(to, e.replica());
    text(to, e.upstreamId());
    text(to, e.release());
    to.append(e.method()).append(e.path());
    text(to, e.query());
    to.append(e.host()).append(e.userAgent()).append(e.client());
    to.append((short) e.version()).append((short) e.status());
    to.append(e.requestBytes()).append(e.responseBytes()).append(e.attempts());
    to.append(e.reused()).append(e.inFlightBefore()).append(e.outcome().name());
    text(to, e.error());
    to.append(e.marks().durationMicros());
    for (int i = 0; i < Stage.COUNT; i++) {
      long at = e.marks().micros(Stage.at(i));
      if (at == Marks.NEVER) {
        to.appendNull();
      } else {
        to.append(at);
      }
    }
    to.append(e.cache().name()).append(e.cacheAge());
    append(to, e.lookup());
    to.endRow();
  }

  private static void append(DuckDBAppender to, @Nullable Lookup lookup) throws SQLException {
    if (lookup == null) {
      for (int i = 0; i < LOOKUP_COLUMNS; i++) {
        to.appendNull();
      }
      return;
    }
    to.append(lookup.epochMicros()).append(lookup.beforeMicros()).append(lookup.how().name());
    to.append(lookup.again()).append(lookup.asker()).append(lookup.name()).append(lookup.type());
    to.append(lookup.answer()).append(lookup.ttl()).append(lookup.micros());
  }

  private static @Nullable Lookup lookup(ResultSet row) throws SQLException {
    String how = row.getString(FIRST_LOOKUP + 2);
    return how == null
        ? null
        : new Lookup(
            row.getLong(FIRST_LOOKUP),
            row.getLong(FIRST_LOOKUP + 1),
            Lookup.How.valueOf(how),
            row.getBoolean(FIRST_LOOKUP + 3),
            row.getString(FIRST_LOOKUP + 4),
            row.getString(FIRST_LOOKUP + 5),
            row.getInt(FIRST_LOOKUP + 6),
            row.getString(FIRST_LOOKUP + 7),
            row.getInt(FIRST_LOOKUP + 8),
            row.getInt(FIRST_LOOKUP + 9));
  }

  static void append(DuckDBAppender to, DnsQuery query) throws SQLException {
    to.beginRow();
    to.append(query.epochMicros()).append(query.client()).append(query.subnet());
    to.append(query.name()).append(query.type()).append(query.rcode());
    to.append(query.reply().name()).append(query.answers()).append(query.ttl());
    to.append(query.answer()).append(query.micros()).append(query.tcp());
    to.endRow();
  }

  static DnsQuery query(ResultSet row) throws SQLException {
    return new DnsQuery(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getInt(5),
        row.getInt(6),
        DnsQuery.Reply.valueOf(row.getString(7)),
        row.getInt(8),
        row.getInt(9),
        row.getString(10),
        row.getInt(11),
        row.getBoolean(12));
  }

  static Exchange exchange(ResultSet row) throws SQLException {
    long[] marks = new long[Stage.COUNT];
    for (int i = 0; i < Stage.COUNT; i++) {
      long at = row.getLong(FIRST_MARK + i);
      marks[i] = row.wasNull() ? Marks.NEVER : at;
    }
    return new Exchange(
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(1),
        row.getString(10),
        row.getString(11),
        row.getString(12),
        row.getString(13),
        row.getString(14),
        row.getString(15),
        row.getInt(16),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        row.getString(9),
        row.getInt(17),
        row.getLong(18),
        row.getLong(19),
        row.getInt(20),
        row.getBoolean(21),
        row.getInt(22),
        Outcome.valueOf(row.getString(23)),
        row.getString(24),
        CacheUse.valueOf(row.getString(FIRST_MARK + Stage.COUNT)),
        row.getLong(FIRST_MARK + Stage.COUNT + 1),
        lookup(row),
        Marks.ofMicros(marks));
  }

  static void append(DuckDBAppender to, LogEntry line) throws SQLException {
    to.beginRow();
    to.append(ChronoUnit.MICROS.between(Instant.EPOCH, line.time())).append(line.seq());
    to.append(line.source().name());
    text(to, line.app());
    text(to, line.replica());
    Long request = requestId(line.requestId());
    if (request == null) {
      to.appendNull();
    } else {
      to.append(request.longValue());
    }
    text(to, line.correlated() == null ? null : line.correlated().label());
    to.append(line.message());
    to.endRow();
  }

  static LogEntry line(ResultSet row) throws SQLException {
    long request = row.getLong(6);
    boolean none = row.wasNull();
    String how = row.getString(7);
    return new LogEntry(
        row.getLong(2),
        Instant.EPOCH.plus(row.getLong(1), ChronoUnit.MICROS),
        LogLine.Source.valueOf(row.getString(3)),
        row.getString(4),
        row.getString(5),
        none ? null : Hex.of(request),
        how == null ? null : LogEntry.Correlated.valueOf(how.toUpperCase(Locale.ROOT)),
        row.getString(8));
  }

  /** An id that is none of ours is kept in the text alone. */
  private static @Nullable Long requestId(@Nullable String id) {
    if (id == null || id.length() != Hex.WIDTH) {
      return null;
    }
    try {
      return Hex.parse(id);
    } catch (NumberFormatException notHex) {
      return null;
    }
  }

  private static void text(DuckDBAppender to, @Nullable String value) throws SQLException {
    if (value == null) {
      to.appendNull();
    } else {
      to.append(value);
    }
  }
}
