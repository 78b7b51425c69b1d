package dev.undercloud.control.journal;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One SQLite file, one connection, one caller at a time. A commit is on the disk when it returns
 * (WAL, synchronous=FULL). The file belongs to one process at a time: a second controller of the
 * same app would start everything twice, so it is refused.
 */
final class Database implements AutoCloseable {
  /** Another process holds the file for as long as it lives: waiting longer would not help. */
  private static final int BUSY_MILLIS = 200;

  /** Of sqlite-jdbc; read when its first connection is made. */
  private static final String NATIVE_FOLDER = "org.sqlite.tmpdir";

  private final Path file;
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();

  private Database(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens or makes the file, readable by its owner alone.
   *
   * @param version of the schema; a file of a later one is refused
   */
  static Database open(Path file, String schema, int version) {
    try {
      makePrivate(file);
      nativePartBeside(file);
      SQLiteConfig config = new SQLiteConfig();
      config.setBusyTimeout(BUSY_MILLIS);
      config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      Connection connection = config.createConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        checkVersion(file, statement, version);
        for (String sql : schema.split(";")) {
          if (!sql.isBlank()) {
            statement.execute(sql);
          }
        }
      } catch (SQLException | CloudException e) {
        connection.close();
        throw e;
      }
      return new Database(file, connection);
    } catch (SQLException | IOException e) {
      throw problem(file, e);
    }
  }

  /**
   * SQLite's native part is unpacked at each start: into our own folder, where a SIGKILL leaves it
   * for the next start to remove, and not into a /tmp that is shared, full or mounted noexec.
   */
  private static void nativePartBeside(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && System.getProperty(NATIVE_FOLDER) == null) {
      System.setProperty(NATIVE_FOLDER, folder.toString());
    }
  }

  private static void makePrivate(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    var mode = PosixFilePermissions.fromString("rw-------");
    try {
      // SQLite gives its WAL the mode of the database.
      Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
    } catch (FileAlreadyExistsException e) {
      Files.setPosixFilePermissions(file, mode);
    }
  }

  private static void checkVersion(Path file, Statement statement, int version)
      throws SQLException {
    try (ResultSet found = statement.executeQuery("PRAGMA user_version")) {
      int there = found.next() ? found.getInt(1) : 0;
      if (there > version) {
        throw failure(
            "journal-newer",
            file,
            null,
            "a later version of Undercloud wrote it",
            "Use that version, or move the file away and deploy again");
      }
    }
    statement.execute("PRAGMA user_version = " + version);
  }

  /** Something in the file cannot be understood. */
  CloudException damaged(Exception e) {
    return failure(
        "journal-damaged", file, e, "the file is damaged", "Move it away and deploy again");
  }

  /** Runs one statement, durable when it returns; the number of rows changed. */
  int execute(String sql, @Nullable Object... values) {
    lock.lock();
    try (PreparedStatement statement = prepare(sql, values)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw problem(file, e);
    } finally {
      lock.unlock();
    }
  }

  <T> List<T> query(Row<T> row, String sql, @Nullable Object... values) {
    lock.lock();
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet result = statement.executeQuery()) {
      List<T> out = new ArrayList<>();
      while (result.next()) {
        out.add(row.read(result));
      }
      return out;
    } catch (SQLException e) {
      throw problem(file, e);
    } finally {
      lock.unlock();
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw problem(file, e);
    } finally {
      lock.unlock();
    }
  }

  private static CloudException problem(Path file, Exception e) {
    SQLiteErrorCode code = e instanceof SQLiteException s ? s.getResultCode() : null;
    if (code == SQLiteErrorCode.SQLITE_BUSY || code == SQLiteErrorCode.SQLITE_LOCKED) {
      return failure(
          "app-in-use", file, e, "another Undercloud runs this app", "Stop the other one first");
    }
    if (code == SQLiteErrorCode.SQLITE_FULL) {
      return failure("disk-full", file, e, "the disk is full", "Free some space and try again");
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT || code == SQLiteErrorCode.SQLITE_NOTADB) {
      return failure(
          "journal-damaged", file, e, "the file is damaged", "Move it away and deploy again");
    }
    return failure(
        "journal-unwritable",
        file,
        e,
        String.valueOf(e.getMessage()),
        "Make the state folder writable, or set UNDERCLOUD_HOME to one that is");
  }

  private static CloudException failure(
      String code, Path file, @Nullable Exception e, String why, String remedy) {
    return new CloudException(
        new Problem(
            code,
            Problem.Kind.RESOURCE,
            "The control state cannot be read or written",
            file.toString(),
            why,
            remedy),
        e);
  }

  /** Reads the row a result stands at. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet result) throws SQLException;
  }
}
