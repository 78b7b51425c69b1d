package dev.undercloud.control.journal;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.route.Address;
import dev.undercloud.runtime.build.Release;
import dev.undercloud.runtime.driver.Handle;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The journal in one SQLite file, mode 0600: revisions hold the app's environment. */
public final class SqliteJournal implements Journal {
  /** A month of an ordinary app; more would be a log, which the telemetry store is. */
  private static final int EVENTS_KEPT = 1000;

  /** Old ones are looked for once in so many. */
  private static final int EVENTS_CHECKED = 10;

  private static final int VERSION = 1;

  private static final String SCHEMA =
      """
      CREATE TABLE IF NOT EXISTS wish (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        current INTEGER, next INTEGER, running INTEGER NOT NULL, epoch INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS revision (
        number INTEGER PRIMARY KEY AUTOINCREMENT, created TEXT NOT NULL, release TEXT NOT NULL,
        source TEXT NOT NULL, data TEXT NOT NULL, variables TEXT NOT NULL, spec TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS replica (
        id TEXT PRIMARY KEY, process TEXT NOT NULL, ordinal INTEGER NOT NULL,
        revision INTEGER NOT NULL, epoch INTEGER NOT NULL, restarts INTEGER NOT NULL,
        intended TEXT NOT NULL, pid INTEGER, start_ticks INTEGER, address TEXT);
      CREATE TABLE IF NOT EXISTS release_command (
        release TEXT NOT NULL, command TEXT NOT NULL, done TEXT NOT NULL,
        PRIMARY KEY (release, command));
      CREATE TABLE IF NOT EXISTS scale (
        process TEXT PRIMARY KEY, count INTEGER NOT NULL, declared INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS event (
        n INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, sentence TEXT NOT NULL)\
      """;

  private final Database database;

  private final int eventsKept;

  private SqliteJournal(Database database, int eventsKept) {
    this.database = database;
    this.eventsKept = eventsKept;
  }

  /**
   * Opens the journal, or begins one.
   *
   * @throws dev.undercloud.core.error.CloudException when the file cannot be opened, or another
   *     process has it
   */
  public static SqliteJournal open(Path file) {
    return open(file, EVENTS_KEPT);
  }

  static SqliteJournal open(Path file, int eventsKept) {
    return new SqliteJournal(Database.open(file, SCHEMA, VERSION), eventsKept);
  }

  @Override
  public Wish wish() {
    return database
        .query(
            row ->
                new Wish(
                    number(row, "current"),
                    number(row, "next"),
                    row.getBoolean("running"),
                    row.getLong("epoch")),
            "SELECT current, next, running, epoch FROM wish")
        .stream()
        .findFirst()
        .orElse(Wish.NOTHING);
  }

  @Override
  public void save(Wish wish) {
    database.execute(
        "INSERT OR REPLACE INTO wish (one, current, next, running, epoch) VALUES (1, ?, ?, ?, ?)",
        wish.current(),
        wish.next(),
        wish.running(),
        wish.epoch());
  }

  @Override
  public Revision add(Release release, AppSpec spec, Instant created) {
    return database
        .query(
            row -> new Revision(row.getLong(1), created, release, spec),
            """
            INSERT INTO revision (created, release, source, data, variables, spec)
            VALUES (?, ?, ?, ?, ?, ?) RETURNING number\
            """,
            created.toString(),
            release.id(),
            release.source().toString(),
            release.dataDirectory().toString(),
            SpecJson.write(release.variables()),
            SpecJson.write(spec))
        .getFirst();
  }

  @Override
  public Optional<Revision> revision(long number) {
    try {
      return database
          .query(SqliteJournal::revision, "SELECT * FROM revision WHERE number = ?", number)
          .stream()
          .findFirst();
    } catch (CloudException e) {
      throw e;
    } catch (RuntimeException e) {
      throw database.damaged(e);
    }
  }

  private static Revision revision(ResultSet row) throws SQLException {
    return new Revision(
        row.getLong("number"),
        Instant.parse(row.getString("created")),
        new Release(
            row.getString("release"),
            Path.of(row.getString("source")),
            Path.of(row.getString("data")),
            SpecJson.readMap(row.getString("variables"))),
        SpecJson.readSpec(row.getString("spec")));
  }

  @Override
  public void update(long revision, AppSpec spec) {
    database.execute(
        "UPDATE revision SET spec = ? WHERE number = ?", SpecJson.write(spec), revision);
  }

  @Override
  public void forgetBefore(long number) {
    database.execute(
        "DELETE FROM revision WHERE number < ? AND number NOT IN (SELECT revision FROM replica)",
        number);
  }

  @Override
  public Set<String> releases() {
    return Set.copyOf(
        database.query(row -> row.getString(1), "SELECT DISTINCT release FROM revision"));
  }

  @Override
  public List<ReplicaRow> replicas() {
    return database.query(SqliteJournal::replica, "SELECT * FROM replica ORDER BY rowid");
  }

  @Override
  public void intend(ReplicaRow row) {
    database.execute(
        """
        INSERT INTO replica (id, process, ordinal, revision, epoch, restarts, intended)
        VALUES (?, ?, ?, ?, ?, ?, ?)\
        """,
        row.id(),
        row.process(),
        row.ordinal(),
        row.revision(),
        row.epoch(),
        row.restarts(),
        row.intended().toString());
  }

  @Override
  public void launched(Handle handle) {
    Address address = handle.address();
    database.execute(
        "UPDATE replica SET pid = ?, start_ticks = ?, address = ? WHERE id = ?",
        handle.pid(),
        handle.startTicks(),
        address == null ? null : address.toString(),
        handle.id());
  }

  @Override
  public void gone(String id) {
    database.execute("DELETE FROM replica WHERE id = ?", id);
  }

  @Override
  public boolean releaseCommandDone(String release, String command) {
    return !database
        .query(
            row -> row.getString(1),
            "SELECT done FROM release_command WHERE release = ? AND command = ?",
            release,
            command)
        .isEmpty();
  }

  @Override
  public void releaseCommandIsDone(String release, String command, Instant when) {
    database.execute(
        "INSERT OR REPLACE INTO release_command (release, command, done) VALUES (?, ?, ?)",
        release,
        command,
        when.toString());
  }

  @Override
  public Map<String, ScaleRow> scales() {
    Map<String, ScaleRow> out = new TreeMap<>();
    database.query(
        row ->
            out.put(
                row.getString("process"),
                new ScaleRow(row.getInt("count"), row.getInt("declared"))),
        "SELECT * FROM scale");
    return out;
  }

  @Override
  public void scale(String process, ScaleRow row) {
    database.execute(
        "INSERT OR REPLACE INTO scale (process, count, declared) VALUES (?, ?, ?)",
        process,
        row.count(),
        row.declared());
  }

  @Override
  public void event(EventRow event) {
    long n =
        database
            .query(
                row -> row.getLong(1),
                "INSERT INTO event (time, sentence) VALUES (?, ?) RETURNING n",
                event.time().toString(),
                event.sentence())
            .getFirst();
    if (n % EVENTS_CHECKED == 0) {
      database.execute("DELETE FROM event WHERE n <= ?", n - eventsKept);
    }
  }

  @Override
  public List<EventRow> events(int most) {
    return database
        .query(
            row -> new EventRow(Instant.parse(row.getString("time")), row.getString("sentence")),
            "SELECT time, sentence FROM event ORDER BY n DESC LIMIT ?",
            most)
        .reversed();
  }

  @Override
  public void close() {
    database.close();
  }

  private static ReplicaRow replica(ResultSet row) throws SQLException {
    String id = row.getString("id");
    Long pid = number(row, "pid");
    Handle handle =
        pid == null
            ? null
            : new Handle(id, pid, row.getLong("start_ticks"), address(row.getString("address")));
    return new ReplicaRow(
        id,
        row.getString("process"),
        row.getInt("ordinal"),
        row.getLong("revision"),
        row.getLong("epoch"),
        row.getInt("restarts"),
        Instant.parse(row.getString("intended")),
        handle);
  }

  private static @Nullable Address address(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (text.startsWith("unix:")) {
      return new Address.Unix(Path.of(text.substring("unix:".length())));
    }
    int colon = text.lastIndexOf(':');
    return new Address.Tcp(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }
}
