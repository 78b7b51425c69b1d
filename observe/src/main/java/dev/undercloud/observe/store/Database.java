package dev.undercloud.observe.store;

import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * One DuckDB instance that day files are attached to, so that all of them share one limit of
 * memory. The first one loads the native library, a third of a second and some 50 MB. The caller
 * keeps threads apart.
 */
final class Database implements AutoCloseable {
  /** What DuckDB's buffers may take: queries over a day spill to disk beyond it. */
  private static final String MEMORY = "96MB";

  /** What the log of a file may grow to before it is merged: bounds the replay after a crash. */
  private static final String CHECKPOINT_AT = "8MB";

  /** One thread: telemetry never competes with requests for more than one core. */
  private static final String THREADS = "1";

  private final Path directory;
  private final DuckDBConnection connection;

  Database(Path directory) throws SQLException {
    this.directory = directory;
    Properties options = new Properties();
    options.setProperty("memory_limit", MEMORY);
    options.setProperty("threads", THREADS);
    options.setProperty("temp_directory", directory.resolve("tmp").toString());
    options.setProperty("checkpoint_threshold", CHECKPOINT_AT);
    options.setProperty("autoinstall_known_extensions", "false");
    options.setProperty("autoload_known_extensions", "false");
    connection = (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", options);
    if (connection == null) {
      throw new SQLException("DuckDB refused its own URL");
    }
  }

  /** Attaches a file to write to, made where it is missing. */
  void attachWriter(DayFile file) throws SQLException {
    attach(file, "");
    try {
      for (String sql : Schema.create(file.catalog())) {
        execute(sql);
      }
    } catch (SQLException failed) {
      detachQuietly(file);
      throw failed;
    }
  }

  /** Attaches a file to read; it must exist. */
  void attachReader(DayFile file) throws SQLException {
    attach(file, " (READ_ONLY)");
  }

  private void attach(DayFile file, String how) throws SQLException {
    String path = file.path(directory).toString().replace("'", "''");
    execute("ATTACH '" + path + "' AS " + file.catalog() + how);
  }

  void detach(DayFile file) throws SQLException {
    execute("DETACH " + file.catalog());
  }

  void detachQuietly(DayFile file) {
    try {
      detach(file);
    } catch (SQLException gone) {
      // It was not attached, or the instance is broken and will be closed.
    }
  }

  int version(DayFile file) throws SQLException {
    try (Statement s = connection.createStatement();
        ResultSet row = s.executeQuery("SELECT version FROM " + file.catalog() + ".meta")) {
      return row.next() ? row.getInt(1) : Schema.VERSION;
    }
  }

  /** Appends all of it in one transaction. */
  void append(DayFile file, Inbox.Batch batch) throws SQLException {
    List<Exchange> exchanges = batch.exchanges();
    List<LogEntry> lines = batch.lines();
    List<DnsQuery> queries = batch.queries();
    execute("BEGIN TRANSACTION");
    try {
      if (!exchanges.isEmpty()) {
        try (DuckDBAppender to = connection.createAppender(file.catalog(), "main", "exchanges")) {
          for (Exchange exchange : exchanges) {
            Rows.append(to, exchange);
          }
        }
      }
      if (!lines.isEmpty()) {
        try (DuckDBAppender to = connection.createAppender(file.catalog(), "main", "logs")) {
          for (LogEntry line : lines) {
            Rows.append(to, line);
          }
        }
      }
      if (!queries.isEmpty()) {
        try (DuckDBAppender to = connection.createAppender(file.catalog(), "main", "dns_queries")) {
          for (DnsQuery query : queries) {
            Rows.append(to, query);
          }
        }
      }
      execute("COMMIT");
    } catch (SQLException | RuntimeException failed) {
      try {
        execute("ROLLBACK");
      } catch (SQLException broken) {
        failed.addSuppressed(broken);
      }
      throw failed;
    }
  }

  /** A connection of its own for a question; to be closed. */
  Connection reader() throws SQLException {
    return connection.duplicate();
  }

  private void execute(String sql) throws SQLException {
    try (Statement s = connection.createStatement()) {
      s.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
