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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FileResponderTest {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

  @TempDir Path folder;
  private Files rule;
  private final Asked asked = new Asked();

  @BeforeEach
  void makeFiles() throws IOException {
    rule = new Files(folder, "/s/");
    write("a.txt", ALPHABET);
  }

  @AfterEach
  void close() {
    asked.close();
    assertThat(asked.files.descriptors()).isZero();
    assertThat(asked.files.gzippedBytes()).isZero();
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    java.nio.file.Files.createDirectories(file.getParent());
    return java.nio.file.Files.writeString(file, content);
  }

  private static String css() {
    StringBuilder css = new StringBuilder();
    for (int i = 0; i < 4000; i++) {
      css.append(".rule-").append(i).append(" { margin: ").append(i).append("px }\n");
    }
    return css.toString();
  }

  private static String unzipped(byte[] body) throws IOException {
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(), StandardCharsets.UTF_8);
  }

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

  /** $ stands for the file's entity tag without its quotes, @ for its date; RFC 9110, 13.2.2. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          If-None-Match: "$"                                                      | 304
          If-None-Match: W/"$"                                                    | 304
          If-None-Match: *                                                        | 304
          If-None-Match: "x", "$"                                                 | 304
          If-None-Match: "x"~If-None-Match: "$"                                   | 304
          If-None-Match: "a,b" ,W/"$"                                             | 304
          If-None-Match: "x"                                                      | 200
          If-None-Match: $                                                        | 200
          If-None-Match: "$                                                       | 200
          If-None-Match: "x                                                       | 200
          If-None-Match: ""                                                       | 200
          If-Modified-Since: @                                                    | 304
          If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT                        | 304
          If-Modified-Since: Friday, 01-Jan-38 00:00:00 GMT                       | 304
          If-Modified-Since: Fri Jan  1 00:00:00 2038                             | 304
          If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT                        | 200
          If-Modified-Since: yesterday                                            | 200
          If-Modified-Since: @~If-Modified-Since: @                               | 200
          If-None-Match: "x"~If-Modified-Since: @                                 | 200
          If-None-Match: "$"~If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT     | 304
          If-Match: "$"                                                           | 200
          If-Match: *                                                             | 200
          If-Match: "x", "$"                                                      | 200
          If-Match: W/"$"                                                         | 412
          If-Match: "x"                                                           | 412
          If-Match: nonsense                                                      | 412
          If-Match: "x"~If-None-Match: "$"                                        | 412
          If-Match: "$"~If-None-Match: "$"                                        | 304
          If-Unmodified-Since: @                                                  | 200
          If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT                      | 412
          If-Unmodified-Since: nonsense                                           | 200
          If-Match: "$"~If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT        | 200
          If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT~If-None-Match: "$"   | 412
          Range: bytes=0-1~If-None-Match: "$"                                     | 304
          Range: bytes=0-1~If-Match: "x"                                          | 412
          """)
  void preconditionsComeInOrder(String fields, int status) {
    Asked.Response plain = asked.get(rule, "/s/a.txt");
    String tag = plain.field("etag");
    String request =
        fields
            .strip()
            .replace("$", tag.substring(1, tag.length() - 1))
            .replace("@", plain.field("last-modified"));
    Asked.Response response = asked.get(rule, "/s/a.txt", request.split("~"));
    assertThat(response.status()).as(request).isEqualTo(status);
    if (status == 304) {
      assertThat(response.body()).isEmpty();
      assertThat(response.fields().keySet())
          .containsExactlyInAnyOrder("date", "etag", "last-modified", "cache-control", "vary");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          Range: bytes=10-19                                        | 206 | klmnopqrst | 10-19
          Range: bytes=0-0                                          | 206 | a          | 0-0
          Range: bytes=20-                                          | 206 | uvwxyz     | 20-25
          Range: bytes=-3                                           | 206 | xyz        | 23-25
          Range: bytes=-30                                          | 206 | *          | 0-25
          Range: bytes=0-999                                        | 206 | *          | 0-25
          Range: bytes=25-25                                        | 206 | z          | 25-25
          Range: BYTES=0-1                                          | 206 | ab         | 0-1
          Range: bytes=,0-1,                                        | 206 | ab         | 0-1
          Range: bytes=0-1,50-60                                    | 206 | ab         | 0-1
          Range: bytes=26-                                          | 416 |            |
          Range: bytes=-0                                           | 416 |            |
          Range: bytes=30-40                                        | 416 |            |
          Range: bytes=3-2                                          | 200 | *          |
          Range: bytes=a-b                                          | 200 | *          |
          Range: bytes=                                             | 200 | *          |
          Range: bytes=-                                            | 200 | *          |
          Range: bytes=1                                            | 200 | *          |
          Range: bytes=1-2-3                                        | 200 | *          |
          Range: bytes 0-1                                          | 200 | *          |
          Range: lines=0-1                                          | 200 | *          |
          Range: bytes=0-1~Range: bytes=2-3                         | 200 | *          |
          Range: bytes=0-25,0-25                                    | 200 | *          |
          Range: bytes=0-99999999999999999999                       | 200 | *          |
          Range: bytes=0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1,0-1 | 200 | * |
          Range: bytes=0-1~If-Range: "$"                            | 206 | ab         | 0-1
          Range: bytes=0-1~If-Range: W/"$"                          | 200 | *          |
          Range: bytes=0-1~If-Range: "x"                            | 200 | *          |
          Range: bytes=0-1~If-Range: @                              | 206 | ab         | 0-1
          Range: bytes=0-1~If-Range: Sun, 06 Nov 1994 08:49:37 GMT  | 200 | *          |
          Range: bytes=99-~If-Range: "x"                            | 200 | *          |
          """)
  void oneRange(String fields, int status, String body, String range) {
    Asked.Response plain = asked.get(rule, "/s/a.txt");
    String tag = plain.field("etag");
    String request =
        fields
            .strip()
            .replace("$", tag.substring(1, tag.length() - 1))
            .replace("@", plain.field("last-modified"));
    Asked.Response response = asked.get(rule, "/s/a.txt", request.split("~"));
    assertThat(response.status()).as(request).isEqualTo(status);
    assertThat(response.whole()).isTrue();
    if (status == 416) {
      assertThat(response.field("content-range")).isEqualTo("bytes */26");
    } else {
      assertThat(response.text()).isEqualTo("*".equals(body) ? ALPHABET : body);
      assertThat(response.field("content-range"))
          .isEqualTo(range == null ? null : "bytes " + range + "/26");
    }
  }

  @Test
  void severalRangesAreParts() {
    Asked.Response response = asked.get(rule, "/s/a.txt", "Range: bytes=0-1, 4-5, -2");
    assertThat(response.status()).isEqualTo(206);
    String type = response.field("content-type");
    assertThat(type).startsWith("multipart/byteranges; boundary=");
    String boundary = type.substring(type.indexOf('=') + 1);
    assertThat(response.whole()).isTrue();
    StringBuilder expected = new StringBuilder();
    for (String part : List.of("0-1:ab", "4-5:ef", "24-25:yz")) {
      String[] halves = part.split(":");
      expected
          .append("\r\n--")
          .append(boundary)
          .append("\r\nContent-Type: text/plain; charset=utf-8");
      expected.append("\r\nContent-Range: bytes ").append(halves[0]).append("/26\r\n\r\n");
      expected.append(halves[1]);
    }
    assertThat(response.text()).isEqualTo(expected + "\r\n--" + boundary + "--\r\n");
    assertThat(asked.ask("HEAD", rule, "/s/a.txt", "Range: bytes=0-1").status()).isEqualTo(200);
  }

  @Test
  void textIsGzippedOnceForAll() throws IOException {
    String css = css();
    write("big.css", css);
    Asked.Response zipped = asked.get(rule, "/s/big.css", "Accept-Encoding: gzip");
    assertThat(zipped.field("content-encoding")).isEqualTo("gzip");
    assertThat(zipped.body().length).isLessThan(css.length() / 3);
    assertThat(zipped.whole()).isTrue();
    assertThat(unzipped(zipped.body())).isEqualTo(css);
    Asked.Response plain = asked.get(rule, "/s/big.css");
    assertThat(plain.text()).isEqualTo(css);
    assertThat(plain.field("etag")).isNotEqualTo(zipped.field("etag")).doesNotStartWith("W/");
    String condition = "If-None-Match: " + zipped.field("etag");
    assertThat(asked.get(rule, "/s/big.css", condition, "Accept-Encoding: gzip").status())
        .isEqualTo(304);
    assertThat(asked.get(rule, "/s/big.css", condition).status()).isEqualTo(200);
    Asked.Response part =
        asked.get(rule, "/s/big.css", "Range: bytes=10-19", "Accept-Encoding: gzip");
    assertThat(part.text()).isEqualTo(css.substring(10, 20));
    assertThat(part.field("content-encoding")).isNull();
    assertThat(asked.files.gzippedBytes()).isEqualTo(zipped.body().length);
  }

  @Test
  void whatGainsNothingIsSentAsItIs() throws IOException {
    write("tiny.css", "a{}");
    byte[] noise = new byte[4000];
    new Random(1).nextBytes(noise);
    java.nio.file.Files.write(folder.resolve("noise.txt"), noise);
    write("photo.png", css());
    for (String name : List.of("tiny.css", "noise.txt", "photo.png")) {
      Asked.Response response = asked.get(rule, "/s/" + name, "Accept-Encoding: gzip, br");
      assertThat(response.field("content-encoding")).as(name).isNull();
    }
    assertThat(asked.get(rule, "/s/photo.png").field("vary")).isNull();
  }

  @Test
  void largeTextIsGzippedBesideTheLoop() throws IOException {
    List<Runnable> later = new ArrayList<>();
    try (Asked slow = new Asked(FileLimits.DEFAULT, later::add)) {
      String css = css().repeat(6);
      write("huge.css", css);
      assertThat(slow.get(rule, "/s/huge.css", "Accept-Encoding: gzip").text()).isEqualTo(css);
      assertThat(later).hasSize(1);
      assertThat(slow.get(rule, "/s/huge.css", "Accept-Encoding: gzip").text()).isEqualTo(css);
      later.removeFirst().run();
      assertThat(later).isEmpty();
      Asked.Response zipped = slow.get(rule, "/s/huge.css", "Accept-Encoding: gzip");
      assertThat(unzipped(zipped.body())).isEqualTo(css);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gzip, deflate, br, zstd     | br
          gzip, zstd                  | zstd
          gzip                        | gzip
          x-gzip                      | gzip
          *                           | br
          br;q=0, *                   | zstd
          br;q=0.5, gzip;q=0.6        | gzip
          gzip;q=0.5, identity        |
          identity;q=0.5, gzip;q=0.4  |
          gzip;q=0                    |
          *;q=0                       |
          deflate                     |
          gzip;q=2                    |
          gzip;q=abc                  |
          gzip;q=0.0001               |
          gzip;level=9                |
          GZIP                        | gzip
          BR ; q=1.000                | br
          ,,,gzip,,                   | gzip
          gzipped                     |
          gzip br                     |
          """)
  void theClientChooses(String accepted, String coding) throws IOException {
    write("s.css", css());
    write("s.css.br", "as brotli");
    write("s.css.zst", "as zstd");
    write("s.css.gz", "as gzip");
    Asked.Response response = asked.get(rule, "/s/s.css", "Accept-Encoding: " + accepted);
    assertThat(response.field("content-encoding")).isEqualTo(coding);
    assertThat(response.text()).isEqualTo(coding == null ? css() : "as " + name(coding));
    assertThat(response.field("content-type")).isEqualTo("text/css; charset=utf-8");
    assertThat(response.field("vary")).isEqualTo("Accept-Encoding");
    assertThat(response.field("accept-ranges")).isEqualTo("bytes");
  }

  private static String name(String coding) {
    return coding.equals("br") ? "brotli" : coding;
  }

  @Test
  void acceptEncodingMayComeInSeveralLines() throws IOException {
    write("s.css", css());
    Asked.Response response =
        asked.get(rule, "/s/s.css", "Accept-Encoding: deflate", "Accept-Encoding: gzip;q=0.1");
    assertThat(response.field("content-encoding")).isEqualTo("gzip");
  }

  @Test
  void aCompressedFormOlderThanItsFileIsNotSent() throws IOException {
    Path zipped = write("s.css.br", "as brotli");
    java.nio.file.Files.setLastModifiedTime(
        zipped, FileTime.from(Clocks.now().minus(Duration.ofHours(1))));
    write("s.css", css());
    assertThat(asked.get(rule, "/s/s.css", "Accept-Encoding: br").field("content-encoding"))
        .isNull();
    java.nio.file.Files.setLastModifiedTime(zipped, FileTime.from(Clocks.now()));
    asked.clock.pass(Duration.ofSeconds(2));
    assertThat(asked.get(rule, "/s/s.css", "Accept-Encoding: br").field("content-encoding"))
        .isEqualTo("br");
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
