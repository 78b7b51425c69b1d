package dev.undercloud.edge.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client may ask of a file: under conditions, in parts, compressed. */
@Timeout(60)
class FileNegotiationTest extends FileCase {
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
    String request = filled(fields, plain);
    Asked.Response response = asked.get(rule, "/s/a.txt", request.split("~"));
    assertThat(response.status()).as(request).isEqualTo(status);
    if (status == 304) {
      assertThat(response.body()).isEmpty();
      assertThat(response.fields().keySet())
          .containsExactlyInAnyOrder("date", "etag", "last-modified", "cache-control", "vary");
    }
  }

  /** With the tag of {@code plain} for {@code $}, and when it was changed for {@code @}. */
  private static String filled(String fields, Asked.Response plain) {
    String tag = plain.field("etag");
    return fields
        .strip()
        .replace("$", tag.substring(1, tag.length() - 1))
        .replace("@", plain.field("last-modified"));
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
    String request = filled(fields, plain);
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

  private static String unzipped(byte[] body) throws IOException {
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(), StandardCharsets.UTF_8);
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
}
