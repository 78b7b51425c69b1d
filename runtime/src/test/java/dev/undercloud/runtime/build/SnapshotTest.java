package dev.undercloud.runtime.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SnapshotTest {
  @TempDir Path root;
  @AutoClose Project project;

  @BeforeEach
  void project() throws IOException {
    project = new Project(root);
    project.spec =
        new dev.undercloud.core.model.BuildSpec(
            dev.undercloud.core.model.BuildSpec.Installer.NONE, List.of(), List.of(), null, false);
  }

  @Test
  void aLaterEditDoesNotReachIt() throws Exception {
    Path file = project.file("app.py", "old\n");
    Path tool = project.file("bin/tool.sh", "#!/bin/sh\n");
    Trees.setMode(tool, "rwx------");
    Release release = project.build();
    Files.writeString(file, "new\n");
    assertThat(release.source().resolve("app.py")).hasContent("old");
    assertThat(Files.getPosixFilePermissions(release.source().resolve("bin/tool.sh")))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("r-xr-xr-x"));
    assertThat(Files.getLastModifiedTime(release.source().resolve("bin/tool.sh")))
        .isEqualTo(Files.getLastModifiedTime(tool));
  }

  @Test
  void anEditThatKeepsSizeAndTimeIsNoticed() throws Exception {
    Path file = project.file("app.py", "old\n");
    FileTime time = Files.getLastModifiedTime(file);
    Release first = project.build();
    Files.writeString(file, "new\n");
    Files.setLastModifiedTime(file, time);
    Release second = project.build();
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(second.source().resolve("app.py")).hasContent("new");
  }

  @Test
  void aTouchedFileOfTheSameContentIsTheSameRelease() throws Exception {
    Path file = project.file("app.py", "same\n");
    Release first = project.build();
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
    assertThat(project.build()).isEqualTo(first);
  }

  @Test
  void whatNoAppNeedsIsLeftOut() throws Exception {
    project.file("app.py", "");
    project.file(".git/config", "");
    project.file("venv/pyvenv.cfg", "");
    project.file("venv/lib/big.py", "");
    project.file("web/node_modules/x/index.js", "");
    project.file("pkg/__pycache__/a.pyc", "");
    project.file("pkg/a.py", "");
    project.file("logs/a.log", "");
    project.file("logs/keep.log", "");
    project.file("docs/deep/b.md", "");
    project.file(".env", "A=1");
    project.file(".gitignore", "pkg\n");
    project.file(".undercloudignore", "# comment\n*.log\n!keep.log\n/docs/\n");
    Release release = project.build();
    assertThat(names(release.source()))
        .containsExactlyInAnyOrder(
            "app.py", "pkg/a.py", "logs/keep.log", ".env", ".gitignore", ".undercloudignore");
  }

  @Test
  void linksStayInsideOrBecomeWhatTheyLeadTo() throws Exception {
    project.file("real/a.txt", "a");
    Path outside = Files.writeString(root.resolve("outside.txt"), "from outside");
    Files.createDirectories(root.resolve("folder"));
    Files.createSymbolicLink(project.directory.resolve("inside"), Path.of("real/a.txt"));
    Files.createSymbolicLink(
        project.directory.resolve("absolute"), project.directory.resolve("real"));
    Files.createSymbolicLink(project.directory.resolve("out"), outside);
    Files.createSymbolicLink(project.directory.resolve("outfolder"), root.resolve("folder"));
    Files.createSymbolicLink(project.directory.resolve("dangling"), Path.of("nowhere"));
    Release release = project.build();
    Path source = release.source();
    assertThat(source.resolve("inside").toRealPath())
        .isEqualTo(source.resolve("real/a.txt").toRealPath());
    assertThat(source.resolve("absolute/a.txt").toRealPath())
        .isEqualTo(source.resolve("real/a.txt").toRealPath());
    assertThat(source.resolve("out")).isRegularFile().hasContent("from outside");
    assertThat(source.resolve("out"))
        .as("what serves no links does not serve it")
        .matches(Files::isSymbolicLink);
    assertThat(source.resolve("out").toRealPath()).startsWith(source.resolveSibling("outside"));
    assertThat(Files.exists(source.resolve("outfolder"))).isFalse();
    assertThat(project.log)
        .anyMatch(line -> line.contains("outfolder"))
        .anyMatch(line -> line.contains("dangling"));
  }

  @Test
  void linksToWhatTheAppMayNotReadAreLeftOut() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "nobody else can read it");
    Trees.setMode(root, "rwxr-xr-x");
    project.access = Access.others();
    Path secret = Files.writeString(root.resolve("secret.txt"), "for root alone");
    Trees.setMode(secret, "rw-------");
    Path open = Files.writeString(root.resolve("open.txt"), "for all");
    Trees.setMode(open, "rw-r--r--");
    Path theirs = Files.writeString(root.resolve("theirs.txt"), "for whoever owns the project");
    Trees.setMode(theirs, "rw-------");
    Files.setAttribute(theirs, "unix:uid", 61_184);
    Path closed = Files.createDirectories(root.resolve("closed"));
    Trees.setMode(closed, "rwx------");
    Trees.setMode(Files.writeString(closed.resolve("a.txt"), "behind a door"), "rw-r--r--");
    Files.createDirectories(project.directory.resolve("static"));
    link("static/secret", secret);
    link("static/open", open);
    link("theirs", theirs);
    link("closed", closed.resolve("a.txt"));
    link("secret.sqlite3", secret);
    link("environ", Path.of("/proc/self/environ"));
    link("null", Path.of("/dev/null"));
    link("uptime", Path.of("/sys/kernel/uevent_seqnum"));
    Path source = project.build().source();
    assertThat(names(source)).containsExactly("static/open");
    assertThat(source.resolve("static/open")).hasContent("for all");
    assertThat(project.log)
        .anyMatch(line -> line.contains("left out static/secret: a link to " + secret))
        .anyMatch(line -> line.contains("left out environ"))
        .anyMatch(line -> line.contains("left out null"));
    try (Stream<Path> all = Files.walk(project.state)) {
      assertThat(all.filter(Files::isRegularFile))
          .noneMatch(file -> contains(file, "for root alone"));
    }
    Files.setAttribute(project.directory, "unix:uid", 61_184);
    assertThat(project.build().source().resolve("theirs"))
        .hasContent("for whoever owns the project");
  }

  private void link(String name, Path target) throws IOException {
    Files.createSymbolicLink(project.directory.resolve(name), target);
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException gone) {
      return false;
    }
  }

  private static Clock later(java.time.Duration by) {
    Clock system = Clock.system();
    return new Clock() {
      @Override
      public java.time.Instant now() {
        return system.now().plus(by);
      }

      @Override
      public long nanos() {
        return system.nanos();
      }

      @Override
      public void sleep(java.time.Duration duration) throws InterruptedException {
        system.sleep(duration);
      }
    };
  }

  @Test
  void anotherReleaseOfTheSameFilesHasWhatLinksLeadTo() throws Exception {
    Path outside = Files.writeString(root.resolve("outside.txt"), "from outside");
    Files.setLastModifiedTime(
        outside, FileTime.from(java.time.Instant.parse("2026-01-01T00:00:00Z")));
    project.file("app.py", "");
    link("out", outside);
    project.clock = later(java.time.Duration.ofHours(1)); // Files of just now are read anew.
    Release first = project.build();
    project.environment.put("OTHER", "1");
    Release second = project.build();
    assertThat(second.id()).isNotEqualTo(first.id());
    Trees.delete(first.source().getParent());
    assertThat(second.source().resolve("out")).hasContent("from outside");
  }

  @Test
  void tooMuchIsRefusedWithTheLargestFolders() throws Exception {
    project.limits = new ProjectScan.Limits(10_000, 100);
    project.file("data/raw/big.bin", "x".repeat(20_000));
    project.file("app.py", "x");
    assertThatThrownBy(project::build)
        .isInstanceOfSatisfying(
            CloudException.class,
            failed -> {
              assertThat(failed.problem().code()).isEqualTo("project-too-large");
              assertThat(failed.problem().why()).contains("data/raw (19.5 KiB)");
              assertThat(failed.problem().remedy()).contains(".undercloudignore");
            });
    project.file(".undercloudignore", "data/\n");
    assertThat(names(project.build().source())).contains("app.py");
  }

  @Test
  void whatCannotBeReadIsNamed() throws Exception {
    assumeFalse(System.getProperty("user.name").equals("root"), "root reads everything");
    Path secret = project.file("secret.key", "x");
    Trees.setMode(secret, "---------");
    assertThatThrownBy(project::build).hasMessageContaining("secret.key");
  }

  @Test
  void theStateFolderInsideTheProjectIsNotCopiedIntoItself() throws Exception {
    project.file("app.py", "x");
    PythonBuilder inside =
        new PythonBuilder(
            project.directory.resolve("state"),
            project.directory.resolve("state/apps/app"),
            project.host,
            dev.undercloud.core.time.Clock.system(),
            Access.same(),
            dev.undercloud.runtime.driver.Confinement.NONE);
    Release release = inside.build(project.app(), project.log::add);
    assertThat(names(release.source())).containsExactly("app.py");
    Trees.delete(project.directory.resolve("state"));
  }

  private static List<String> names(Path source) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      return files.filter(Files::isRegularFile).map(f -> source.relativize(f).toString()).toList();
    }
  }
}
