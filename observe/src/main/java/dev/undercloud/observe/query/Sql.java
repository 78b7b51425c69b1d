package dev.undercloud.observe.query;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.store.Reading;
import dev.undercloud.observe.store.Store;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Questions as SQL over one day file. Every value goes in as a parameter. */
final class Sql {
  /** A question that takes longer is given up, so that nobody else waits for it. */
  private static final int TIMEOUT_SECONDS = 10;

  private static final String FAILED =
      "(status >= 500 OR outcome = 'UPSTREAM_ABORTED'"
          + " OR (outcome = 'TIMED_OUT' AND status <> 408))";

  /** An access line but for the size of the body: what a search for text goes over. */
  private static final String ACCESS_TEXT =
      "method || ' ' || path || coalesce('?' || query, '') || ' ' || status"
          + " || printf(' %.1f ms ', duration_us / 1000.0) || coalesce(replica, '-')"
          + " || coalesce(': ' || error, '')";

  /** A condition and its parameter, which may be none. */
  private static final class Where {
    private final StringBuilder text = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    void and(String condition, Object... parameters) {
      text.append(text.isEmpty() ? " WHERE " : " AND ").append(condition);
      values.addAll(List.of(parameters));
    }

    void equal(String column, @Nullable Object value) {
      if (value != null) {
        and(column + " = ?", value);
      }
    }
  }

  private Sql() {}

  static Store.Question<Exchange> exchanges(RequestQuery query, Instant since) {
    Where where = new Where();
    where.and("epoch_us >= ?", micros(since));
    where.equal("app", query.app());
    where.equal("replica", query.replica());
    if (query.errors()) {
      where.and(FAILED);
    }
    if (query.path() != null) {
      where.and("contains(path, ?)", query.path());
    }
    String order = query.slow() ? "duration_us DESC" : "epoch_us DESC";
    return (connection, catalog, into) -> {
      String sql =
          Reading.selectExchanges(catalog) + where.text + " ORDER BY " + order + " LIMIT ?";
      try (PreparedStatement s = connection.prepareStatement(sql);
          ResultSet rows = run(s, where, query.limit())) {
        while (rows.next()) {
          into.add(Reading.exchange(rows));
        }
      }
    };
  }

  static Store.Question<Exchange> byId(long id) {
    Where where = new Where();
    where.and("id = ?", id);
    return (connection, catalog, into) -> {
      String sql = Reading.selectExchanges(catalog) + where.text + " LIMIT ?";
      try (PreparedStatement s = connection.prepareStatement(sql);
          ResultSet rows = run(s, where, 1)) {
        while (rows.next()) {
          into.add(Reading.exchange(rows));
        }
      }
    };
  }

  static Store.Question<DnsQuery> queries(DnsFilter filter, Instant since) {
    Where where = new Where();
    where.and("epoch_us >= ?", micros(since));
    if (filter.name() != null) {
      where.and("contains(name, ?)", filter.name());
    }
    return (connection, catalog, into) -> {
      String sql = Reading.selectQueries(catalog) + where.text + " ORDER BY epoch_us DESC LIMIT ?";
      try (PreparedStatement s = connection.prepareStatement(sql);
          ResultSet rows = run(s, where, filter.limit())) {
        while (rows.next()) {
          into.add(Reading.query(rows));
        }
      }
    };
  }

  static Store.Question<LogEntry> lines(LogQuery query, Instant since) {
    Where where = new Where();
    where.and("epoch_us >= ?", micros(since));
    where.equal("app", query.app());
    where.equal("replica", query.replica());
    where.equal("source", query.source() == null ? null : query.source().name());
    if (query.grep() != null) {
      where.and("contains(message, ?)", query.grep());
    }
    String request = query.requestId();
    if (request != null) {
      where.and(
          "(request = ? OR (request IS NULL AND contains(message, ?)))",
          Hex.parse(request),
          request);
    }
    return (connection, catalog, into) -> {
      String sql =
          Reading.selectLines(catalog) + where.text + " ORDER BY epoch_us DESC, seq DESC LIMIT ?";
      try (PreparedStatement s = connection.prepareStatement(sql);
          ResultSet rows = run(s, where, query.limit())) {
        while (rows.next()) {
          into.add(Reading.line(rows));
        }
      }
    };
  }

  /** Exchanges whose access lines a question about lines means. */
  static Store.Question<Exchange> accessLines(LogQuery query, Instant since) {
    Where where = new Where();
    where.and("epoch_us >= ?", micros(since));
    where.equal("app", query.app());
    where.equal("replica", query.replica());
    if (query.requestId() != null) {
      where.and("id = ?", Hex.parse(query.requestId()));
    }
    if (query.grep() != null) {
      where.and("contains(" + ACCESS_TEXT + ", ?)", query.grep());
    }
    return (connection, catalog, into) -> {
      String sql =
          Reading.selectExchanges(catalog) + where.text + " ORDER BY epoch_us DESC LIMIT ?";
      try (PreparedStatement s = connection.prepareStatement(sql);
          ResultSet rows = run(s, where, query.limit())) {
        while (rows.next()) {
          into.add(Reading.exchange(rows));
        }
      }
    };
  }

  /** Durations of one path in microseconds: how many, and the half that took no longer. */
  static Store.Question<Typical> typical(Exchange like) {
    Where where = new Where();
    where.and("method = ? AND path = ?", like.method(), like.path());
    where.equal("app", like.app());
    where.and("id <> ?", like.id());
    return (connection, catalog, into) -> {
      String sql =
          "SELECT count(*), median(duration_us) FROM "
              + catalog
              + ".exchanges"
              + where.text
              + " LIMIT ?";
      try (PreparedStatement s = connection.prepareStatement(sql);
          ResultSet rows = run(s, where, 1)) {
        if (rows.next() && rows.getLong(1) > 0) {
          into.add(new Typical(rows.getLong(1), rows.getDouble(2)));
        }
      }
    };
  }

  /** How many of a kind there were and what the middle one took. */
  record Typical(long count, double medianMicros) {}

  /** Whether lines of the edge can be among them at all. */
  static boolean wantsAccess(LogQuery query) {
    return query.source() == null || query.source() == LogLine.Source.EDGE;
  }

  private static ResultSet run(PreparedStatement s, Where where, int limit) throws SQLException {
    s.setQueryTimeout(TIMEOUT_SECONDS);
    int at = 1;
    for (Object value : where.values) {
      s.setObject(at++, value);
    }
    s.setInt(at, limit);
    return s.executeQuery();
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
