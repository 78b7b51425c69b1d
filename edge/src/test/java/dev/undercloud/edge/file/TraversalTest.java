package dev.undercloud.edge.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Files;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No path leads out of the folder, even one that nobody has normalised before. */
@Timeout(60)
class TraversalTest {
  @TempDir Path top;
  private Path folder;
  private Files rule;

  @BeforeEach
  void makeFiles() throws IOException {
    folder = java.nio.file.Files.createDirectories(top.resolve("assets"));
    java.nio.file.Files.createDirectories(folder.resolve("css/deep"));
    write("secret.txt");
    write("assets/css/a.css");
    write("assets/.env");
    write("assets/.git/config");
    write("assets/.well-known/security.txt");
    write("assets/css/.hidden.css");
    write("assets/..;/secret.txt");
    write("assets/...");
    write("assets/..secret");
    link("assets/link.txt", "../secret.txt");
    link("assets/absolute.txt", top.resolve("secret.txt").toString());
    link("assets/out", "..");
    link("assets/css/inside.css", "a.css");
    link("assets/self", ".");
    link("assets/proc", "/proc");
    link("assets/loop", "loop");
    rule = new Files(folder, "/s/");
  }

  /** Before the extension that cleans up sees them, which warns of every link that leads out. */
  @AfterEach
  void removeLinks() throws IOException {
    try (Stream<Path> all = java.nio.file.Files.walk(top)) {
      for (Path link : all.filter(java.nio.file.Files::isSymbolicLink).toList()) {
        java.nio.file.Files.delete(link);
      }
    }
  }

  private void write(String path) throws IOException {
    Path file = top.resolve(path);
    java.nio.file.Files.createDirectories(file.getParent());
    java.nio.file.Files.writeString(file, "not for anyone");
  }

  private void link(String path, String to) throws IOException {
    java.nio.file.Files.createSymbolicLink(top.resolve(path), Path.of(to));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret.txt",
        "/secret.txt",
        "css/../../secret.txt",
        "css/../css/a.css",
        "./css/a.css",
        "css/./a.css",
        "css//a.css",
        "//css/a.css",
        "css/a.css/",
        "css/a.css/.",
        "css/a.css/..",
        "css",
        "css/",
        ".",
        "..",
        "...",
        "../",
        "../assets/css/a.css",
        "../../../../../../../../etc/passwd",
        "/etc/passwd",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "..\\secret.txt",
        "css\\a.css",
        "..;/secret.txt",
        "..secret",
        ".env",
        ".git/config",
        "css/.hidden.css",
        ".well-known",
        ".well-known/.env",
        "css/.well-known",
        "link.txt",
        "absolute.txt",
        "out/secret.txt",
        "out/assets/css/a.css",
        "css/inside.css",
        "self/css/a.css",
        "self/self/self/css/a.css",
        "proc/self/environ",
        "proc/self/cwd/pom.xml",
        "loop",
        "loop/a",
        "css/a.css\0.txt",
        "\0",
        "css\0/a.css",
        "css/a.css\0",
        "CSS/a.css",
        "css/a.cs",
        "css/a.csss",
        ""
      })
  void leadsNowhere(String path) {
    try (Asked asked = new Asked()) {
      assertThat(asked.get(rule, "/s/" + path)).isNull();
      assertThat(asked.get(new Files(List.of(folder), "/s/", true, true), "/s/" + path)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"css/a.css", ".well-known/security.txt"})
  void leadsToAFile(String path) {
    try (Asked asked = new Asked()) {
      assertThat(asked.get(rule, "/s/" + path).status()).isEqualTo(200);
    }
  }

  @Test
  void longNamesAreNotThere() {
    try (Asked asked = new Asked()) {
      for (int length : List.of(254, 255, 256, 1000, 4000, 4096, 5000, 60_000)) {
        assertThat(asked.get(rule, "/s/" + "a".repeat(length))).isNull();
        assertThat(asked.get(rule, "/s/" + "a/".repeat(length / 2) + "b")).isNull();
      }
    }
  }

  @Test
  void whatIsNoRegularFileIsNotServedAndNotWaitedFor() throws Exception {
    Path fifo = folder.resolve("pipe.txt");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    try (Asked asked = new Asked();
        var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(folder.resolve("socket.txt")));
      assertThat(asked.get(rule, "/s/pipe.txt")).isNull();
      assertThat(asked.get(rule, "/s/socket.txt")).isNull();
      assertThat(asked.get(new Files(Path.of("/dev"), "/s/"), "/s/null")).isNull();
      assertThat(asked.get(new Files(Path.of("/dev"), "/s/"), "/s/zero")).isNull();
    }
  }

  @Test
  void aFolderThatBecomesALinkIsNotFollowed() throws IOException {
    try (Asked asked = new Asked()) {
      assertThat(asked.get(rule, "/s/css/a.css").status()).isEqualTo(200);
      java.nio.file.Files.move(folder.resolve("css"), folder.resolve("was"));
      java.nio.file.Files.createDirectories(top.resolve("evil"));
      write("evil/a.css");
      link("assets/css", "../evil");
      asked.clock.pass(Duration.ofMillis(1001));
      assertThat(asked.get(rule, "/s/css/a.css")).isNull();
    }
  }

  @Test
  void anUnreadableFileIsNotThere() throws IOException {
    try (Asked asked = new Asked()) {
      assertThat(asked.get(new Files(Path.of("/nowhere/at/all"), "/s/"), "/s/a")).isNull();
      assertThat(asked.get(new Files(folder.resolve("css/a.css"), "/s/"), "/s/a")).isNull();
    }
  }
}
