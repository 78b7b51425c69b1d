package dev.undercloud.observe.store;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry on disk: DuckDB day files with one writer. Offers never wait and never fail; {@link
 * #step} writes what has gathered, on one thread; questions run on the asking thread, one at a
 * time. Whatever goes wrong with the disk or a file, rows are dropped and counted, it is said once,
 * and writing is tried again with growing pauses.
 */
public final class Store implements AutoCloseable {
  /** From the first row to loading DuckDB: the app's own start has the processors first. */
  static final Duration START_DELAY = Duration.ofSeconds(3);

  /** Between looks at disk use and age. */
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** A file is closed at this share of the budget, so that dropping one frees a part only. */
  private static final int FILES_OF_BUDGET = 4;

  /** Failures in a row without a known reason until the file itself is under suspicion. */
  private static final int UNEXPLAINED = 3;

  /** How long a question waits for another. */
  private static final Duration QUEUE = Duration.ofSeconds(10);

  /** Wall and monotonic time may differ by so much until age is no longer trusted. */
  private static final Duration CLOCK_JUMP = Duration.ofHours(1);

  /** Asks one file; adds to {@code into} what it found. */
  @FunctionalInterface
  public interface Question<T> {
    void ask(Connection connection, String catalog, List<T> into) throws SQLException;
  }

  private final Path directory;
  private final StoreLimits limits;
  private final Clock clock;
  private final Consumer<String> say;
  private final Inbox inbox = new Inbox();
  private final Instant startedAt;
  private final long startedNanos;

  /** Held to append, to ask, and to open or close: DuckDB has one user at a time. */
  private final ReentrantLock gate = new ReentrantLock();

  private @Nullable Database database;
  private @Nullable DayFile writing;

  /** Proved damaged while in use: set aside before the next write. */
  private @Nullable DayFile damaged;

  private int unexplained;
  private long firstOffer = Long.MIN_VALUE;
  private long nextHousekeeping = Long.MIN_VALUE;
  private long retryAt;
  private Duration pause = FIRST_PAUSE;
  private volatile StoreState state;

  public Store(Path directory, StoreLimits limits, Clock clock, Consumer<String> say) {
    this.directory = directory.toAbsolutePath();
    this.limits = limits;
    this.clock = clock;
    this.say = say;
    this.startedAt = clock.now();
    this.startedNanos = clock.nanos();
    this.state = new StoreState(StoreState.Status.IDLE, "", startedAt, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  public void offer(Exchange exchange) {
    inbox.offer(exchange);
  }

  public void offer(LogEntry line) {
    inbox.offer(line);
  }

  public void offer(DnsQuery query) {
    inbox.offer(query);
  }

  /** Writes what has gathered, if it is time to. The writer thread's. */
  public void step() {
    long now = clock.nanos();
    if (inbox.isEmpty()) {
      return;
    }
    if (firstOffer == Long.MIN_VALUE) {
      firstOffer = now;
    }
    boolean failing = state.status() == StoreState.Status.FAILING;
    if (now - firstOffer >= START_DELAY.toNanos() && (!failing || now - retryAt >= 0)) {
      write();
    }
  }

  private void write() {
    Inbox.Batch batch = inbox.take();
    if (batch.isEmpty()) {
      return;
    }
    gate.lock();
    try {
      requireSpace();
      replaceDamaged();
      Database db = open();
      DayFile file = writer(db);
      db.append(file, batch);
      housekeeping();
      succeeded(batch);
    } catch (SQLException | IOException | RuntimeException | LinkageError failure) {
      inbox.lost(batch);
      failed(failure);
    } finally {
      gate.unlock();
    }
  }

  private void requireSpace() throws IOException {
    if (!Files.isDirectory(directory)) {
      // Addresses of visitors and whatever the app logs stand in it: for the owner alone.
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    long free = Files.getFileStore(directory).getUsableSpace();
    if (free < limits.minFree().bytes()) {
      throw new IOException(
          "No space left to use: "
              + new ByteSize(free)
              + " free, "
              + limits.minFree()
              + " are left to others");
    }
  }

  /** DuckDB reads blocks when it needs them, so damage may show long after a file was opened. */
  private void replaceDamaged() throws IOException {
    DayFile file = damaged;
    if (file != null) {
      damaged = null;
      closeDatabase();
      setAside(file, "found while it was in use");
    }
  }

  private Database open() throws SQLException {
    Database db = database;
    if (db == null) {
      db = new Database(directory);
      database = db;
    }
    return db;
  }

  /** The file to write to now: of today, or of a later day where the clock was set back. */
  private DayFile writer(Database db) throws SQLException, IOException {
    LocalDate today = LocalDate.ofInstant(clock.now(), ZoneOffset.UTC);
    DayFile current = writing;
    long largest = limits.disk().bytes() / FILES_OF_BUDGET;
    if (current != null && !current.day().isBefore(today) && current.bytes(directory) < largest) {
      return current;
    }
    if (current != null) {
      writing = null;
      db.detach(current);
    }
    List<DayFile> files = DayFile.in(directory);
    DayFile newest = files.isEmpty() ? null : files.getLast();
    DayFile next = newest == null || newest.day().isBefore(today) ? new DayFile(today, 0) : newest;
    while (next.bytes(directory) >= largest || !attached(db, next)) {
      next = new DayFile(next.day(), next.part() + 1);
    }
    writing = next;
    nextHousekeeping = Long.MIN_VALUE;
    return next;
  }

  /** Attaches; false where the file is of another version of ours. */
  private boolean attached(Database db, DayFile file) throws SQLException, IOException {
    try {
      db.attachWriter(file);
    } catch (SQLException failure) {
      if (Trouble.of(failure) != Trouble.CORRUPT) {
        throw failure;
      }
      setAside(file, firstLine(failure));
      db.attachWriter(file);
    }
    if (db.version(file) == Schema.VERSION) {
      return true;
    }
    db.detach(file);
    return false;
  }

  private void setAside(DayFile file, String why) throws IOException {
    Path aside = null;
    for (int n = 1; aside == null || Files.exists(aside); n++) {
      aside = directory.resolve(file.fileName() + ".corrupt-" + n);
    }
    if (Files.exists(file.path(directory))) {
      Files.move(file.path(directory), aside);
    }
    if (Files.exists(file.wal(directory))) {
      Files.move(file.wal(directory), directory.resolve(aside.getFileName() + ".wal"));
    }
    say.accept(
        "The telemetry file "
            + file.path(directory)
            + " is damaged and was set aside as "
            + aside.getFileName()
            + "; a new one was begun. What was in it is missing from `requests` and `logs`. ("
            + why
            + ")");
  }

  private void housekeeping() throws IOException {
    long now = clock.nanos();
    if (nextHousekeeping != Long.MIN_VALUE && now - nextHousekeeping < 0) {
      return;
    }
    nextHousekeeping = now + HOUSEKEEPING.toNanos();
    List<Retention.Sized> files = Retention.measure(directory);
    LocalDate oldest =
        clockTrusted()
            ? LocalDate.ofInstant(clock.now().minus(limits.retention()), ZoneOffset.UTC)
            : null;
    for (DayFile file : Retention.doomed(files, writing, oldest, limits.disk().bytes())) {
      file.delete(directory);
    }
    long bytes = Retention.measure(directory).stream().mapToLong(Retention.Sized::bytes).sum();
    state = withBytes(state, bytes);
  }

  /** A wall clock that jumped ahead must not make all history look old. */
  private boolean clockTrusted() {
    Duration wall = Duration.between(startedAt, clock.now());
    Duration measured = Duration.ofNanos(clock.nanos() - startedNanos);
    return wall.minus(measured).abs().compareTo(CLOCK_JUMP) < 0;
  }

  private void succeeded(Inbox.Batch batch) {
    StoreState s = state;
    if (s.status() == StoreState.Status.FAILING) {
      say.accept("Telemetry is stored again.");
    }
    boolean same = s.status() == StoreState.Status.STORING;
    pause = FIRST_PAUSE;
    unexplained = 0;
    state =
        new StoreState(
            StoreState.Status.STORING,
            "",
            same ? s.since() : clock.now(),
            s.exchanges() + batch.exchanges().size(),
            s.lines() + batch.lines().size(),
            s.queries() + batch.queries().size(),
            0,
            0,
            0,
            s.failures(),
            s.bytesOnDisk());
  }

  private void failed(Throwable failure) {
    Trouble trouble = Trouble.of(failure);
    unexplained = trouble == Trouble.OTHER ? unexplained + 1 : 0;
    if (writing != null && (trouble == Trouble.CORRUPT || unexplained >= UNEXPLAINED)) {
      damaged = writing;
      unexplained = 0;
    }
    closeDatabase();
    retryAt = clock.nanos() + pause.toNanos();
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    StoreState s = state;
    boolean first = s.status() != StoreState.Status.FAILING;
    String why = trouble.words() + " (" + firstLine(failure) + "): " + trouble.remedy();
    state =
        new StoreState(
            StoreState.Status.FAILING,
            why,
            first ? clock.now() : s.since(),
            s.exchanges(),
            s.lines(),
            s.queries(),
            0,
            0,
            0,
            s.failures() + 1,
            s.bytesOnDisk());
    if (first) {
      say.accept(
          "Telemetry is not stored in "
              + directory
              + ", "
              + why
              + ". Requests go on; what is not stored is counted.");
    }
  }

  private static StoreState withBytes(StoreState s, long bytes) {
    return new StoreState(
        s.status(),
        s.why(),
        s.since(),
        s.exchanges(),
        s.lines(),
        s.queries(),
        0,
        0,
        0,
        s.failures(),
        bytes);
  }

  /**
   * Asks the files that can hold rows since then, newest first, until {@code enough} answers are
   * there. A file that cannot be read is left out.
   *
   * @param since wall time; rows of a file are never later than its day
   * @throws CloudException where another process has the files, or another question takes too long
   */
  public <T> List<T> ask(Instant since, int enough, Question<T> question) {
    acquire();
    try {
      List<T> found = new ArrayList<>();
      List<DayFile> files = new ArrayList<>(DayFile.in(directory));
      if (files.isEmpty()) {
        return found;
      }
      LocalDate first = LocalDate.ofInstant(since, ZoneOffset.UTC).minusDays(1);
      for (DayFile file : files.reversed()) {
        if (found.size() >= enough || file.day().isBefore(first)) {
          break;
        }
        askFile(open(), file, question, found);
      }
      return found;
    } catch (SQLException | IOException | LinkageError failure) {
      throw unanswered(failure);
    } finally {
      gate.unlock();
    }
  }

  private <T> void askFile(Database db, DayFile file, Question<T> question, List<T> found)
      throws SQLException {
    boolean own = file.equals(writing);
    List<T> here = new ArrayList<>();
    try {
      if (!own) {
        db.attachReader(file);
      }
      try (Connection connection = db.reader()) {
        if (own || db.version(file) == Schema.VERSION) {
          question.ask(connection, file.catalog(), here);
        }
      }
      found.addAll(here);
    } catch (SQLException failure) {
      Trouble trouble = Trouble.of(failure);
      if (own && trouble == Trouble.CORRUPT) {
        damaged = file;
      } else if (own || trouble == Trouble.IN_USE) {
        throw failure;
      }
    } finally {
      if (!own) {
        db.detachQuietly(file);
      }
    }
  }

  private void acquire() {
    try {
      if (gate.tryLock(QUEUE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    throw CloudException.resource(
        "telemetry-busy",
        "the telemetry store did not answer",
        "another question has kept it busy for " + QUEUE.toSeconds() + " s",
        "Ask again, or for a shorter time with --since");
  }

  private CloudException unanswered(Throwable failure) {
    Trouble trouble = Trouble.of(failure);
    return new CloudException(
        new Problem(
            trouble == Trouble.IN_USE ? "telemetry-in-use" : "telemetry-unreadable",
            Problem.Kind.RESOURCE,
            "the telemetry store cannot be read",
            directory.toString(),
            trouble.words() + " (" + firstLine(failure) + ")",
            trouble.remedy().substring(0, 1).toUpperCase(Locale.ROOT)
                + trouble.remedy().substring(1)),
        failure);
  }

  private static String firstLine(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    return text.lines().findFirst().orElse(failure.getClass().getSimpleName());
  }

  public StoreState state() {
    StoreState s = state;
    return new StoreState(
        s.status(),
        s.why(),
        s.since(),
        s.exchanges(),
        s.lines(),
        s.queries(),
        inbox.droppedExchanges(),
        inbox.droppedLines(),
        inbox.droppedQueries(),
        s.failures(),
        s.bytesOnDisk());
  }

  private void closeDatabase() {
    Database db = database;
    database = null;
    writing = null;
    if (db != null) {
      try {
        db.close();
      } catch (SQLException broken) {
        // It is closed because it broke; the next one starts from the files.
      }
    }
  }

  /** Writes what waits and closes. The writer thread's, or any once that has ended. */
  @Override
  public void close() {
    if (state.status() != StoreState.Status.FAILING) {
      write();
    }
    gate.lock();
    try {
      closeDatabase();
    } finally {
      gate.unlock();
    }
  }
}
