package dev.undercloud.runtime.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.config.PythonScan;
import dev.undercloud.core.config.PythonScan.AppObject;
import dev.undercloud.core.config.PythonScan.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scan against projects that are huge, broken or hostile, and machines without Python. */
@Timeout(60)
class ChildScannerTest {
  private static final String APP = "def app(environ, start_response):\n    return []\n";

  @TempDir private Path project;
  private final ChildScanner scanner = new ChildScanner(System.getenv("PATH"));

  @Test
  void runsNothingOfTheProject() throws IOException {
    Path mark = project.resolve("EXECUTED");
    String hostile = "open(" + quoted(mark) + ", 'w').write('x')\n" + APP;
    for (String name :
        List.of(
            "app.py",
            "sitecustomize.py",
            "usercustomize.py",
            "ast.py",
            "json.py",
            "os.py",
            "gunicorn.conf.py",
            "manage.py",
            "conftest.py",
            "setup.py",
            "re.py")) {
      write(name, hostile);
    }
    PythonScan scan = scanner.scan(project);
    assertThat(scan.unavailable()).isNull();
    assertThat(scan.objects()).extracting(AppObject::module).contains("app");
    assertThat(mark).doesNotExist();
    try (Stream<Path> left = Files.walk(project)) {
      assertThat(left.map(String::valueOf)).noneMatch(path -> path.contains("__pycache__"));
    }
  }

  @Test
  void namesWhatCannotBeParsedAndGoesOn() throws IOException {
    write("wsgi.py", "\n\nclass = 1\n");
    write("asgi.py", "x = 1\0\n");
    Files.write(project.resolve("server.py"), new byte[] {'x', '=', '"', (byte) 0xff, '"', '\n'});
    write("main.py", APP);
    PythonScan scan = scanner.scan(project);
    assertThat(scan.objects()).extracting(AppObject::module).containsExactly("main");
    assertThat(scan.troubles())
        .extracting(t -> t.place().file())
        .contains("wsgi.py", "asgi.py", "server.py");
    assertThat(scan.troubles())
        .filteredOn(t -> t.place().file().equals("wsgi.py"))
        .singleElement()
        .extracting(t -> t.place().line())
        .isEqualTo(3);
  }

  @Test
  void survivesSourcesThatAreDeep() throws IOException {
    write("app.py", "x = " + "(".repeat(100_000) + "1" + ")".repeat(100_000));
    write("main.py", "x = 1\nif x: pass\n" + "elif x: pass\n".repeat(3000));
    write("wsgi.py", "x = " + "-".repeat(20_000) + "1\n");
    write("asgi.py", "app = a" + ".b".repeat(5000) + "()\n");
    write("application.py", APP.replace("app", "application"));
    PythonScan scan = scanner.scan(project);
    assertThat(scan.unavailable()).isNull();
    assertThat(scan.objects()).extracting(AppObject::module).containsExactly("application");
    assertThat(scan.troubles()).extracting(Trouble::place).isNotEmpty();
  }

  @Test
  void followsNamesInCirclesToTheirEnd() throws IOException {
    write("a.py", "from b import app\n");
    write("b.py", "from a import app\n");
    write("app.py", "from a import app\nfrom app import app as application\napp = app\n");
    write("main.py", "def create_app():\n    return create_app()\nclass A(A): pass\napp = A()\n");
    write("wsgi.py", "import flask\napp = application = flask.Flask('x')\n");
    PythonScan scan = scanner.scan(project);
    assertThat(scan.objects()).extracting(AppObject::module).containsOnly("wsgi");
  }

  @Test
  void looksAtNoMoreThanItsShareOfAHugeTree() throws IOException {
    for (int folder = 0; folder < 40; folder++) {
      for (int file = 0; file < 100; file++) {
        write("deep%d/m%d.py".formatted(folder, file), "import asyncio\n");
      }
    }
    write("main.py", APP);
    PythonScan scan = scanner.scan(project);
    assertThat(scan.truncated()).contains("only the first");
    assertThat(scan.sources()).isLessThanOrEqualTo(3000);
    assertThat(scan.objects()).extracting(AppObject::module).containsExactly("main");
  }

  @Test
  void opensNeitherPipesNorGiants() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", project.resolve("app.py").toString()).start().waitFor())
        .isZero();
    write("wsgi.py", "#" + "x".repeat(2 << 20) + "\n" + APP);
    Files.createSymbolicLink(project.resolve("asgi.py"), Path.of("/dev/zero"));
    Files.createSymbolicLink(project.resolve("round"), project);
    write("main.py", APP);
    PythonScan scan = scanner.scan(project);
    assertThat(scan.objects()).extracting(AppObject::module).containsExactly("main");
    assertThat(scan.sources()).isEqualTo(1);
  }

  @Test
  void passesOverEnvironmentsTestsAndHiddenFolders() throws IOException {
    write("myenv/pyvenv.cfg", "home = /usr/bin\n");
    for (String folder :
        List.of("myenv", "venv", ".hidden", "node_modules", "tests", "__pycache__")) {
      write(folder + "/app.py", APP);
    }
    write("test_app.py", APP);
    assertThat(scanner.scan(project).objects()).isEmpty();
  }

  @Test
  void doesNotObeyTheProjectsVersionFile() throws IOException {
    write(".python-version", "2.7.99-nowhere\n");
    write("app.py", APP);
    assertThat(scanner.scan(project).objects()).hasSize(1);
  }

  @Test
  void saysThatThereIsNoPython() {
    PythonScan scan = new ChildScanner(List.of(), Duration.ofSeconds(5)).scan(project);
    assertThat(scan.unavailable()).isEqualTo("no python3 was found on PATH");
  }

  @Test
  void goesOnToTheNextInterpreterWhenOneIsBroken() throws IOException {
    write("app.py", APP);
    Path broken = script("broken", "echo 'pyenv: version not installed' >&2; exit 127");
    Path odd = script("odd", "echo 'not json'");
    List<Path> all =
        Stream.concat(Stream.of(broken, odd), Interpreters.on(path()).stream()).toList();
    assertThat(new ChildScanner(all, Duration.ofSeconds(30)).scan(project).objects()).hasSize(1);
    PythonScan none = new ChildScanner(List.of(broken), Duration.ofSeconds(30)).scan(project);
    assertThat(none.unavailable()).endsWith("broken ended with 127: pyenv: version not installed");
  }

  @Test
  void endsAnInterpreterThatHangs() throws IOException {
    Path hanging = script("hanging", "sleep 300 & sleep 300");
    PythonScan scan = new ChildScanner(List.of(hanging), Duration.ofMillis(300)).scan(project);
    assertThat(scan.unavailable()).contains("did not end within");
  }

  private Path script(String name, String body) throws IOException {
    Path file = Files.writeString(project.resolve(name), "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String path() {
    return System.getenv("PATH");
  }

  private static String quoted(Path path) {
    return "'" + path + "'";
  }

  private void write(String name, String text) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
