package dev.undercloud.control.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.model.AppSpec;
import dev.undercloud.core.model.BuildSpec;
import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.HealthCheck;
import dev.undercloud.core.model.Isolation;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.model.ProcessSpec;
import dev.undercloud.core.model.Timeouts;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.build.Release;
import dev.undercloud.runtime.driver.Handle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123456Z");

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("app").resolve("control.db");
  }

  static AppSpec spec() {
    ProcessSpec web =
        new ProcessSpec(
            "web",
            new Command("gunicorn \"a b\"", List.of("gunicorn", "a b"), false),
            Map.of("A", "ä\n\"'"),
            3,
            Listen.UNIX,
            new HealthCheck(
                "/healthz", Duration.ofMillis(1500), Duration.ofSeconds(2), Duration.ofMinutes(3)),
            new Limits(0.5, ByteSize.ofMiB(64), 20),
            Timeouts.DEFAULT,
            Duration.ofSeconds(4));
    ProcessSpec worker =
        new ProcessSpec(
            "worker",
            new Command("a | b", List.of("sh", "-c", "a | b"), true),
            Map.of(),
            0,
            Listen.NONE,
            HealthCheck.DEFAULT,
            Limits.NONE,
            Timeouts.DEFAULT,
            Duration.ofSeconds(4));
    return new AppSpec(
        "articles",
        Path.of("/srv/my articles"),
        Isolation.PROCESS,
        Map.of("KEY", "swordfish"),
        Map.of("web", web, "worker", worker),
        new Command("migrate", List.of("migrate"), false),
        new BuildSpec(
            BuildSpec.Installer.UV_LOCK, List.of("uv.lock"), List.of("flask>=3"), "3.12", true),
        List.of("articles.localhost", "example.org"));
  }

  @Test
  void keepsEverythingAcrossProcesses() {
    Release release =
        new Release("3f9c", Path.of("/state/src"), Path.of("/state/data"), Map.of("PATH", "/bin"));
    ReplicaRow row = new ReplicaRow("articles.web.1-ab", "web", 1, 1, 2, 3, NOON, null);
    Handle unix = new Handle(row.id(), 12, 345, new Address.Unix(Path.of("/run/a:b.sock")));
    Handle tcp = new Handle("two", 13, 346, new Address.Tcp("127.0.0.1", 8000));
    Handle none = new Handle("three", 14, 347, null);
    Wish wish = new Wish(1L, null, true, 2);
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      assertThat(journal.wish()).isEqualTo(Wish.NOTHING);
      assertThat(journal.add(release, spec(), NOON).number()).isEqualTo(1);
      assertThat(journal.add(release, spec(), NOON).number()).isEqualTo(2);
      journal.save(new Wish(1L, 2L, true, 0));
      journal.save(wish);
      journal.intend(row);
      journal.intend(new ReplicaRow("two", "web", 2, 1, 0, 0, NOON, null));
      journal.intend(new ReplicaRow("three", "worker", 1, 1, 0, 0, NOON, null));
      journal.intend(new ReplicaRow("four", "worker", 2, 1, 0, 0, NOON, null));
      List.of(unix, tcp, none).forEach(journal::launched);
      journal.scale("web", new ScaleRow(4, 2));
      journal.releaseCommandIsDone("3f9c", "migrate", NOON);
      journal.event(new EventRow(NOON, "something"));
    }
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      assertThat(journal.wish()).isEqualTo(wish);
      assertThat(journal.revision(1)).contains(new Revision(1, NOON, release, spec()));
      assertThat(journal.replicas())
          .extracting(ReplicaRow::handle)
          .containsExactly(unix, tcp, none, null);
      assertThat(journal.replicas().getFirst().restarts()).isEqualTo(3);
      journal.gone("two");
      assertThat(journal.replicas()).hasSize(3);
      assertThat(journal.scales()).containsExactly(Map.entry("web", new ScaleRow(4, 2)));
      assertThat(journal.releaseCommandDone("3f9c", "migrate")).isTrue();
      assertThat(journal.releaseCommandDone("3f9c", "other")).isFalse();
      assertThat(journal.events(5)).containsExactly(new EventRow(NOON, "something"));
      assertThat(journal.releases()).containsExactly("3f9c");
      journal.forgetBefore(3);
      assertThat(journal.revision(1)).as("replicas need it").isPresent();
      assertThat(journal.revision(2)).isEmpty();
    }
  }

  @Test
  void isReadableByItsOwnerAlone() throws Exception {
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      journal.event(new EventRow(NOON, "x"));
      try (var files = Files.list(file().getParent())) {
        assertThat(files)
            .isNotEmpty()
            .filteredOn(path -> path.getFileName().toString().startsWith("control.db"))
            .allSatisfy(path ->
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as(path.toString())
                    .isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void neverReusesANumber() {
    Release release = new Release("1", folder, folder, Map.of());
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      journal.add(release, spec(), NOON);
      journal.add(release, spec(), NOON);
      journal.forgetBefore(10);
      assertThat(journal.add(release, spec(), NOON).number()).isEqualTo(3);
    }
  }

  @Test
  void keepsTheLatestEventsOnly() {
    try (SqliteJournal journal = SqliteJournal.open(file(), 50)) {
      for (int i = 1; i <= 75; i++) {
        journal.event(new EventRow(NOON, "event " + i));
      }
      List<EventRow> events = journal.events(5000);
      assertThat(events).hasSizeBetween(50, 60);
      assertThat(events.getLast().sentence()).isEqualTo("event 75");
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidInWords() throws Exception {
    Path blocked = folder.resolve("blocked");
    Files.writeString(blocked, "a file where a folder should be");
    assertThatThrownBy(() -> SqliteJournal.open(blocked.resolve("control.db")))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo("journal-unwritable");
              assertThat(e.problem().where()).contains("control.db");
              assertThat(e.problem().remedy()).contains("UNDERCLOUD_HOME");
            });
  }

  @Test
  void aDamagedFileIsSaidInWords() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(
        file(), "this is no database, and it is long enough to be seen as none. ".repeat(99));
    assertThatThrownBy(() -> SqliteJournal.open(file()))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.problem().code()).isEqualTo("journal-damaged"));
  }

  @Test
  void aFileOfALaterVersionIsRefused() throws Exception {
    SqliteJournal.open(file()).close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }
    assertThatThrownBy(() -> SqliteJournal.open(file()))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.problem().code()).isEqualTo("journal-newer"));
  }

  @Test
  void aRevisionThatCannotBeReadIsSaidInWords() throws Exception {
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      journal.add(new Release("1", folder, folder, Map.of()), spec(), NOON);
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("UPDATE revision SET spec = '{\"name\":'");
    }
    try (SqliteJournal journal = SqliteJournal.open(file())) {
      assertThatThrownBy(() -> journal.revision(1))
          .isInstanceOfSatisfying(
              CloudException.class,
              e -> assertThat(e.problem().code()).isEqualTo("journal-damaged"));
    }
  }
}
