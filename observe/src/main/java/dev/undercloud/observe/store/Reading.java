package dev.undercloud.observe.store;

import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How rows of a day file are asked for and read. */
public final class Reading {
  private Reading() {}

  /** To be followed by WHERE, ORDER and LIMIT. */
  public static String selectExchanges(String catalog) {
    return "SELECT " + Schema.EXCHANGE_COLUMNS + " FROM " + catalog + ".exchanges";
  }

  /** To be followed by WHERE, ORDER and LIMIT. */
  public static String selectLines(String catalog) {
    return "SELECT " + Schema.LOG_COLUMNS + " FROM " + catalog + ".logs";
  }

  /** To be followed by WHERE, ORDER and LIMIT. */
  public static String selectQueries(String catalog) {
    return "SELECT " + Schema.QUERY_COLUMNS + " FROM " + catalog + ".dns_queries";
  }

  public static DnsQuery query(ResultSet row) throws SQLException {
    return Rows.query(row);
  }

  public static Exchange exchange(ResultSet row) throws SQLException {
    return Rows.exchange(row);
  }

  public static LogEntry line(ResultSet row) throws SQLException {
    return Rows.line(row);
  }
}
