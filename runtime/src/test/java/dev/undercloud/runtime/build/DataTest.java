package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.BuildSpec.Installer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DataTest {
  private static final String READ =
      "import sqlite3; print([row[0] for row in sqlite3.connect('%s').execute('select a from t order by a')])";
  private static final String WRITE =
      "import sqlite3; d = sqlite3.connect('%s'); d.execute('create table if not exists t (a)'); d.execute(\"insert into t values ('%s')\"); d.commit()";

  @TempDir Path root;
  @AutoClose Project project;

  @BeforeEach
  void project() throws IOException {
    project = new Project(root);
    project.file("app.py", "");
  }

  @Test
  void aDatabaseBesideTheCodeIsCopiedOnceAndOutlivesReleases() throws Exception {
    sql(WRITE.formatted("store/shop.data", "from the project"), true);
    List<String> before = names(project.directory);
    Release first = project.build();
    assertThat(names(project.directory)).as("nothing is left in the project").isEqualTo(before);
    assertThat(first.source().resolve("store/shop.data")).isSymbolicLink();
    assertThat(first.dataDirectory().resolve("store/shop.data")).isRegularFile();
    Project.python(first, WRITE.formatted("store/shop.data", "from the app"));
    sql(WRITE.formatted("store/shop.data", "later, in the project"), false);
    project.file("app.py", "changed = 1");
    Release second = project.build();
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(Project.python(second, READ.formatted("store/shop.data")))
        .isEqualTo("['from the app', 'from the project']");
    assertThat(project.log.stream().filter(line -> line.contains("where it lives"))).hasSize(1);
  }

  @Test
  void whatStandsOnlyInTheWriteAheadLogIsCopiedToo() throws Exception {
    String code =
        "import sqlite3, os; d = sqlite3.connect('app.sqlite3'); d.execute('pragma journal_mode=wal');"
            + "d.execute('create table t (a)'); d.execute(\"insert into t values ('in the log')\"); d.commit(); os._exit(0)";
    sql(code, false);
    assertThat(project.directory.resolve("app.sqlite3-wal")).isNotEmptyFile();
    Release release = project.build();
    assertThat(Project.python(release, READ.formatted("app.sqlite3"))).isEqualTo("['in the log']");
    assertThat(release.source().resolve("app.sqlite3-wal")).doesNotExist();
  }

  @Test
  void aDatabaseInAnInstanceFolderIsCopiedWithItsLog() throws Exception {
    Files.createDirectories(project.directory.resolve("instance"));
    String code =
        "import sqlite3, os; d = sqlite3.connect('instance/app.db'); d.execute('pragma journal_mode=wal');"
            + "d.execute('create table t (a)'); d.execute(\"insert into t values ('in the log')\"); d.commit(); os._exit(0)";
    sql(code, false);
    Release release = project.build();
    assertThat(release.dataDirectory().resolve("instance/app.db-wal")).doesNotExist();
    assertThat(Project.python(release, READ.formatted("instance/app.db")))
        .isEqualTo("['in the log']");
  }

  @Test
  void changesOfADatabaseAreNoNewRelease() throws Exception {
    sql(WRITE.formatted("app.db", "1"), false);
    Release first = project.build();
    sql(WRITE.formatted("app.db", "2"), false);
    assertThat(project.build().id()).isEqualTo(first.id());
  }

  @Test
  void aDatabaseThatTheSourceNamesHasAPlaceBeforeItExists() throws Exception {
    project.file("app.py", "import sqlite3\nDB = 'sqlite:///visits.db'\n");
    project.file(
        "pkg/models.py", "PATH = os.path.join(os.path.dirname(__file__), \"var/store.sqlite3\")\n");
    Release first = project.build();
    Project.python(first, WRITE.formatted("visits.db", "kept"));
    Project.python(first, "import os; os.makedirs('pkg/var', exist_ok=True)");
    Project.python(first, WRITE.formatted("pkg/var/store.sqlite3", "kept too"));
    project.file("other.py", "");
    Release second = project.build();
    assertThat(Project.python(second, READ.formatted("visits.db"))).isEqualTo("['kept']");
    assertThat(Project.python(second, READ.formatted("pkg/var/store.sqlite3")))
        .isEqualTo("['kept too']");
    assertThat(project.build()).as("guesses do not make it look changed").isEqualTo(second);
  }

  @Test
  void djangosDatabaseHasAPlaceBeforeItExistsUnlessAnotherIsNamed() throws Exception {
    project.file("manage.py", "");
    Release first = project.build();
    Project.python(first, WRITE.formatted("db.sqlite3", "django"));
    assertThat(first.dataDirectory().resolve("db.sqlite3")).isRegularFile();
    project.environment.put("DATABASE_URL", "postgres://elsewhere/db");
    assertThat(Files.isSymbolicLink(project.build().source().resolve("db.sqlite3"))).isFalse();
  }

  @Test
  void foldersThatAppsWriteToAreKept() throws Exception {
    project.file("media/cat.jpg", "cat");
    project.file("app/static/uploads/a.png", "a");
    project.file("instance/config.py", "SECRET = 1");
    project.file("uploads/__init__.py", "");
    Release first = project.build();
    assertThat(first.source().resolve("media/cat.jpg")).hasContent("cat");
    assertThat(first.source().resolve("uploads")).matches(path -> !Files.isSymbolicLink(path));
    Files.writeString(first.source().resolve("media/dog.jpg"), "dog");
    Files.writeString(first.source().resolve("app/static/uploads/b.png"), "b");
    project.file("instance/config.py", "SECRET = 2");
    project.file("app.py", "x = 1");
    Release second = project.build();
    assertThat(second.source().resolve("media/dog.jpg")).hasContent("dog");
    assertThat(second.source().resolve("app/static/uploads/b.png")).hasContent("b");
    assertThat(second.source().resolve("instance/config.py")).hasContent("SECRET = 2");
    assertThat(project.directory.resolve("media/dog.jpg")).doesNotExist();
  }

  @Test
  void flaskHasAnInstanceFolder() throws Exception {
    Wheels.pure(project.wheels, "flask", "3.0");
    project.file("requirements.txt", "Flask\n");
    Release release = project.installs(Installer.REQUIREMENTS, "requirements.txt").build();
    Files.writeString(release.source().resolve("instance/made.txt"), "made");
    assertThat(release.dataDirectory().resolve("instance/made.txt")).exists();
  }

  private void sql(String code, boolean folder) throws Exception {
    if (folder) {
      Files.createDirectories(project.directory.resolve("store"));
    }
    Process python =
        new ProcessBuilder("/usr/bin/env", "python3", "-c", code)
            .directory(project.directory.toFile())
            .inheritIO()
            .start();
    assertThat(python.waitFor()).isZero();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }
}
