package dev.undercloud.edge.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.undercloud.core.policy.Files;
import dev.undercloud.edge.net.Descriptor;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is served of a folder, and when its changes are seen. */
@Timeout(60)
class FileResponderTest extends FileCase {
  @Test
  void aFileComesWithAllThatCachesNeed() throws IOException {
    java.nio.file.Files.setLastModifiedTime(
        folder.resolve("a.txt"), FileTime.from(Instant.parse("2024-02-29T12:30:59.5Z")));
    asked.clock.set(Instant.parse("2030-01-01T00:00:00Z"));
    Asked.Response first = asked.get(rule, "/s/a.txt");
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.text()).isEqualTo(ALPHABET);
    assertThat(first.field("content-length")).isEqualTo("26");
    assertThat(first.field("content-type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(first.field("last-modified")).isEqualTo("Thu, 29 Feb 2024 12:30:59 GMT");
    assertThat(first.field("date")).isEqualTo("Tue, 01 Jan 2030 00:00:00 GMT");
    assertThat(first.field("cache-control")).isEqualTo("no-cache");
    assertThat(first.field("accept-ranges")).isEqualTo("bytes");
    assertThat(first.field("vary")).isEqualTo("Accept-Encoding");
    assertThat(first.field("x-content-type-options")).isEqualTo("nosniff");
    Asked.Response head = asked.ask("HEAD", rule, "/s/a.txt");
    assertThat(head.head()).isEqualTo(first.head());
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"POST, 405", "PUT, 405", "DELETE, 405", "OPTIONS, 405", "PATCH, 405", "HEAD, 200"})
  void onlyReadingIsAllowed(String method, int status) {
    Asked.Response response = asked.ask(method, rule, "/s/a.txt");
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.field("allow")).isEqualTo(status == 405 ? "GET, HEAD" : null);
    Files orApp = new Files(List.of(folder), "/s/", false, true);
    assertThat(asked.ask(method, orApp, "/s/a.txt") == null).isEqualTo(status == 405);
  }

  @Test
  void whatTheContentIsMakesTheTag() throws IOException {
    write("b.txt", ALPHABET);
    String tag = asked.get(rule, "/s/a.txt").field("etag");
    assertThat(asked.get(rule, "/s/b.txt").field("etag")).isEqualTo(tag);
    write("b.txt", ALPHABET.replace('a', 'b'));
    java.nio.file.Files.setLastModifiedTime(
        folder.resolve("b.txt"), java.nio.file.Files.getLastModifiedTime(folder.resolve("a.txt")));
    asked.clock.pass(Duration.ofSeconds(2));
    assertThat(asked.get(rule, "/s/b.txt").field("etag")).isNotEqualTo(tag);
  }

  @Test
  void aFileWrittenJustNowHasAWeakTag() throws IOException {
    asked.clock.set(Clocks.now());
    Asked.Response young = asked.get(rule, "/s/a.txt", "Range: bytes=0-1");
    assertThat(young.field("etag")).startsWith("W/\"");
    String condition = "If-None-Match: " + young.field("etag");
    assertThat(asked.get(rule, "/s/a.txt", condition).status()).isEqualTo(304);
    assertThat(
            asked
                .get(rule, "/s/a.txt", "Range: bytes=0-1", "If-Range: " + young.field("etag"))
                .status())
        .isEqualTo(200);
    asked.clock.pass(Duration.ofSeconds(5));
    assertThat(asked.get(rule, "/s/a.txt").field("etag")).doesNotStartWith("W/");
  }

  @Test
  void aTimeToComeIsNotTold() throws IOException {
    java.nio.file.Files.setLastModifiedTime(
        folder.resolve("a.txt"), FileTime.from(Instant.parse("2199-01-01T00:00:00Z")));
    Asked.Response response = asked.get(rule, "/s/a.txt", "If-Unmodified-Since: x");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.field("last-modified")).isNull();
    assertThat(response.field("etag")).startsWith("W/");
  }

  @Test
  void aChangeIsSeenSoonAReplacementWithinASecond() throws IOException {
    assertThat(asked.get(rule, "/s/a.txt").text()).isEqualTo(ALPHABET);
    write("a.txt", "changed in place");
    asked.clock.pass(Duration.ofNanos(OpenFiles.UNSEEN_NANOS));
    assertThat(asked.get(rule, "/s/a.txt").text()).isEqualTo("changed in place");
    Path other = write("other", "another file");
    java.nio.file.Files.move(other, folder.resolve("a.txt"), StandardCopyOption.REPLACE_EXISTING);
    asked.clock.pass(Duration.ofMillis(1001));
    assertThat(asked.get(rule, "/s/a.txt").text()).isEqualTo("another file");
    java.nio.file.Files.delete(folder.resolve("a.txt"));
    asked.clock.pass(Duration.ofMillis(1001));
    assertThat(asked.get(rule, "/s/a.txt")).isNull();
  }

  @Test
  void whatIsInMemoryIsLookedAtTenTimesASecond() throws IOException {
    FileTime before = FileTime.from(Clocks.now().minus(Duration.ofHours(2)));
    FileTime after = FileTime.from(Clocks.now().minus(Duration.ofHours(1)));
    String long20 = ALPHABET.repeat(800);
    java.nio.file.Files.setLastModifiedTime(write("a.txt", ALPHABET), before);
    java.nio.file.Files.setLastModifiedTime(write("long.txt", long20), before);
    assertThat(asked.get(rule, "/s/a.txt").text()).isEqualTo(ALPHABET);
    assertThat(asked.get(rule, "/s/long.txt").text()).isEqualTo(long20);
    java.nio.file.Files.setLastModifiedTime(write("a.txt", "changed"), after);
    java.nio.file.Files.setLastModifiedTime(write("long.txt", "changed"), after);
    assertThat(asked.get(rule, "/s/a.txt").text()).isEqualTo(ALPHABET);
    assertThat(asked.get(rule, "/s/long.txt").text()).isEqualTo("changed");
    asked.clock.pass(Duration.ofNanos(OpenFiles.UNSEEN_NANOS));
    assertThat(asked.get(rule, "/s/a.txt").text()).isEqualTo("changed");
  }

  @Test
  void aFileThatShrinksOrChangesWhileItIsSentIsNeverWhole() throws IOException {
    String large = ALPHABET.repeat(10_000);
    for (String change : List.of("shrinks", "grows", "is rewritten")) {
      java.nio.file.Files.setLastModifiedTime(
          write("large.txt", large), FileTime.from(Clocks.now().minus(Duration.ofHours(1))));
      var source = asked.source("GET", rule, "/s/large.txt");
      byte[] out = new byte[64 << 10];
      source.head(out);
      long sent = 0;
      var piece = source.next(1000);
      sent += piece.readableBytes();
      piece.release();
      write(
          "large.txt",
          switch (change) {
            case "shrinks" -> ALPHABET;
            case "grows" -> large + large;
            default -> large.replace('a', 'A');
          });
      while ((piece = source.next(64 << 10)) != null) {
        sent += piece.readableBytes();
        piece.release();
      }
      source.close();
      assertThat(sent).as(change).isLessThan(large.length());
    }
  }

  @Test
  void aFileThatIsReplacedWhileItIsSentComesWholeAsItWas() throws IOException {
    String large = ALPHABET.repeat(10_000);
    write("large.txt", large);
    var source = asked.source("GET", rule, "/s/large.txt");
    Path other = write("other", "another file");
    java.nio.file.Files.move(
        other, folder.resolve("large.txt"), StandardCopyOption.REPLACE_EXISTING);
    asked.clock.pass(Duration.ofSeconds(2));
    assertThat(asked.get(rule, "/s/large.txt").text()).isEqualTo("another file");
    assertThat(Asked.read(source, false).text()).isEqualTo(large);
  }

  @Test
  void fewFilesStayOpen() throws IOException {
    FileLimits few = new FileLimits(3, 2000, 1_000_000_000L, 16);
    try (Asked tight = new Asked(few, Runnable::run)) {
      long before = descriptors();
      for (int i = 0; i < 50; i++) {
        write(i + ".css", css() + i);
        assertThat(tight.get(rule, "/s/" + i + ".css", "Accept-Encoding: gzip").status())
            .isEqualTo(200);
        assertThat(tight.files.descriptors()).isLessThanOrEqualTo(3);
      }
      // One is always kept, however large; the root's own descriptor comes on top.
      assertThat(tight.files.descriptors()).isEqualTo(1);
      assertThat(descriptors() - before).isLessThan(10);
      tight.close();
      assertThat(tight.files.gzippedBytes()).isZero();
    }
  }

  private static long descriptors() throws IOException {
    try (var all = java.nio.file.Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void foldersAreLookedIntoOneAfterAnother(@TempDir Path older) throws IOException {
    java.nio.file.Files.writeString(older.resolve("a.txt"), "old");
    java.nio.file.Files.writeString(older.resolve("gone.txt"), "only in the old one");
    Files both = new Files(List.of(folder, older), "/s/", false, true);
    assertThat(asked.get(both, "/s/a.txt").text()).isEqualTo(ALPHABET);
    assertThat(asked.get(both, "/s/gone.txt").text()).isEqualTo("only in the old one");
    assertThat(asked.get(both, "/s/none.txt")).isNull();
  }

  @Test
  void theFolderMayBeALinkThatIsPutElsewhere(@TempDir Path other) throws IOException {
    java.nio.file.Files.writeString(other.resolve("a.txt"), "elsewhere");
    Path link = folder.resolveSibling("current-" + folder.getFileName());
    java.nio.file.Files.createSymbolicLink(link, folder);
    Files linked = new Files(link, "/s/");
    assertThat(asked.get(linked, "/s/a.txt").text()).isEqualTo(ALPHABET);
    java.nio.file.Files.delete(link);
    java.nio.file.Files.createSymbolicLink(link, other);
    asked.clock.pass(Duration.ofMillis(1001));
    assertThat(asked.get(linked, "/s/a.txt").text()).isEqualTo("elsewhere");
    java.nio.file.Files.delete(link);
    asked.clock.pass(Duration.ofMillis(1001));
    assertThat(asked.get(linked, "/s/a.txt")).isNull();
  }

  @Test
  void anIndexIsServedWhereAskedFor() throws IOException {
    write("docs/index.html", "<p>docs");
    write("index.html", "<p>top");
    assertThat(asked.get(rule, "/s/docs/")).isNull();
    assertThat(asked.get(rule, "/s/")).isNull();
    Files index = new Files(List.of(folder), "/s/", true, false);
    assertThat(asked.get(index, "/s/docs/").text()).isEqualTo("<p>docs");
    assertThat(asked.get(index, "/s/").text()).isEqualTo("<p>top");
    Asked.Response moved = asked.get(index, "/s/docs");
    assertThat(moved.status()).isEqualTo(301);
    assertThat(moved.field("location")).isEqualTo("/s/docs/?y=z");
    assertThat(asked.get(index, "/s/none")).isNull();
    write("ü ;/index.html", "x");
    assertThat(asked.get(index, "/s/ü ;").field("location")).isEqualTo("/s/%C3%BC%20%3B/?y=z");
  }

  /** The hash of the file's 26 letters begins with 71c480df93d6. */
  @ParameterizedTest
  @CsvSource({
    "?v=71c480df93, true",
    "?v=71c480df, true",
    "?a=b&v=71c480df93d6ae2f1efad1447c66c9525e316218cf51fc8d9ed832f2daf18b73, true",
    "?v=71c480df93d6ae2f1efad1447c66c9525e316218cf51fc8d9ed832f2daf18b730, false",
    "?71c480df93, false",
    "?v=71c480d, false",
    "?v=71C480DF93, false",
    "?v=71c480df94, false",
    "?v==71c480df93, false",
    "?v=71c480df93x, false",
    "?v=, false",
    "?, false",
  })
  void aQueryThatNamesTheContentLasts(String query, boolean lasts) {
    asked.clock.set(Clocks.now().plus(Duration.ofHours(1)));
    asked.query = query;
    Asked.Response response = asked.get(rule, "/s/a.txt");
    assertThat(response.field("cache-control"))
        .isEqualTo(lasts ? "public, max-age=31536000, immutable" : "no-cache");
  }

  @Test
  void theIndexMayHaveAnotherName() throws IOException {
    write("docs/home.htm", "<p>home");
    write("docs/index.html", "<p>docs");
    write("home.htm", "<p>top");
    Files index = new Files(List.of(folder), "/s/", "home.htm", false);
    assertThat(asked.get(index, "/s/docs/").text()).isEqualTo("<p>home");
    assertThat(asked.get(index, "/s/docs/index.html").text()).isEqualTo("<p>docs");
    Asked.Response moved = asked.get(index, "/s");
    assertThat(moved.status()).isEqualTo(301);
    assertThat(moved.field("location")).isEqualTo("/s/?y=z");
    assertThat(asked.get(rule, "/s")).isNull();
  }

  @ParameterizedTest
  @CsvSource({"32767, 0", "32768, 32768", "1048576, 1048576", "1048577, 1048576"})
  void theKernelSendsWhatIsLarge(int size, int first) throws IOException {
    assumeThat(Epoll.isAvailable()).isTrue();
    EpollSocketChannel channel = new EpollSocketChannel();
    try (Source source = largeOf(size)) {
      Descriptor socket = Objects.requireNonNull(Descriptor.of(channel));
      FileRegion part = source.region(socket);
      assertThat(part == null ? 0 : part.count()).isEqualTo(first);
      if (part != null) {
        assertThat(part.release()).isTrue();
        // Of what is left, a few bytes are read.
        assertThat(source.region(socket)).isNull();
      }
      ByteBuf rest = source.next(64 << 10);
      assertThat(rest == null ? 0 : rest.readableBytes()).isEqualTo(size - first);
      if (rest != null) {
        rest.release();
      }
    } finally {
      channel.fd().close();
    }
  }

  private Source largeOf(int size) throws IOException {
    write("large.bin", "x".repeat(size));
    Source source = asked.source("GET", rule, "/s/large.bin");
    source.head(new byte[64 << 10]);
    return source;
  }

  @Test
  void anEmptyFileIsOne() throws IOException {
    write("empty.css", "");
    Asked.Response response = asked.get(rule, "/s/empty.css", "Accept-Encoding: gzip");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.field("content-length")).isEqualTo("0");
    assertThat(asked.get(rule, "/s/empty.css", "Range: bytes=0-").status()).isEqualTo(416);
  }
}
