package dev.undercloud.edge.compress;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.reply.Filter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CompressionTest {
  private static final String PLAIN = "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n";
  private final Compression compression = new Compression(4);
  private final Edits edits = new Edits();

  @BeforeAll
  static void loadAll() {
    Codecs.load();
    assertThat(Codecs.available()).isEqualTo(7);
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(compression.used()).isZero();
    compression.close();
  }

  private Filter filter(String request, Optional<Boolean> wanted) {
    byte[] in = (request + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    RequestHead head = new RequestHead(HeadLimits.DEFAULT);
    assertThat(head.parse(in, 0, in.length)).isEqualTo(in.length);
    return compression.filterFor(head, in, wanted, null);
  }

  private boolean head(Filter filter, String response, boolean toHead) {
    byte[] in = ("HTTP/1.1 " + response + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);
    assertThat(head.parse(in, 0, in.length, toHead)).isEqualTo(in.length);
    edits.clear();
    return filter.head(head, in, edits);
  }

  private String edited() {
    return new String(edits.lines(), 0, edits.length(), StandardCharsets.ISO_8859_1);
  }

  private static void take(ByteBuf from, ByteArrayOutputStream to) throws IOException {
    if (from != null) {
      from.readBytes(to, from.readableBytes());
      from.release();
    }
  }

  private static InputStream decoder(Coding coding, byte[] bytes) throws IOException {
    InputStream in = new ByteArrayInputStream(bytes);
    return switch (coding) {
      case GZIP -> new GZIPInputStream(in);
      case ZSTD -> new ZstdInputStream(in);
      case BR -> {
        BrotliInputStream brotli = new BrotliInputStream(in);
        brotli.enableEagerOutput();
        yield brotli;
      }
    };
  }

  private static String ask(Coding coding) {
    return "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: "
        + new String(coding.token(), StandardCharsets.US_ASCII)
        + "\r\n";
  }

  /** What decides, one line a case: request fields, response, what the route says, what happens. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
                            | 200 OK~Content-Type: text/html~Content-Length: 5000                                | -    | yes
                            | 200 OK~Content-Type: text/html; charset=utf-8~Content-Length: 5000                 | -    | yes
                            | 200 OK~Content-Type: TEXT/CSS~Content-Length: 5000                                 | -    | yes
                            | 200 OK~Content-Type: application/json~Transfer-Encoding: chunked                   | -    | yes
                            | 200 OK~Content-Type: application/problem+json~Content-Length: 5000                 | -    | yes
                            | 200 OK~Content-Type: image/svg+xml~Content-Length: 5000                            | -    | yes
                            | 404 No~Content-Type: text/html~Content-Length: 5000                                | -    | yes
                            | 500 No~Content-Type: text/html~Content-Length: 5000                                | -    | yes
                            | 200 OK~Content-Type: text/html~Content-Length: 1023                                | -    | no
                            | 200 OK~Content-Type: text/html~Content-Length: 1024                                | -    | yes
                            | 200 OK~Content-Type: text/html~Content-Length: 99999999                            | -    | no
                            | 200 OK~Content-Type: image/png~Content-Length: 5000                                | -    | no
                            | 200 OK~Content-Type: font/woff2~Content-Length: 5000                               | -    | no
                            | 200 OK~Content-Type: application/octet-stream~Content-Length: 5000                 | -    | no
                            | 200 OK~Content-Length: 5000                                                        | -    | no
                            | 200 OK~Content-Type: text/event-stream~Transfer-Encoding: chunked                  | -    | no
                            | 200 OK~Content-Type: text/event-stream~Transfer-Encoding: chunked                  | true | no
                            | 206 Part~Content-Type: text/html~Content-Length: 5000                              | -    | no
                            | 206 Part~Content-Type: text/html~Content-Length: 5000                              | true | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Content-Range: bytes 0-1/2     | true | no
                            | 304 Same~Content-Type: text/html                                                   | true | no
                            | 204 None~Content-Type: text/html                                                   | true | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Content-Encoding: br           | -    | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Content-Encoding: br           | true | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Cache-Control: no-transform    | true | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Cache-Control: max-age=1, No-Transform | - | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Cache-Control: no-transformer  | -    | yes
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Digest: x                      | true | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Repr-Digest: x                 | true | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Set-Cookie: a=b                | -    | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Set-Cookie: a=b                | true | yes
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Set-Cookie: a=b                | false | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Cache-Control: private         | -    | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Cache-Control: private="x"     | -    | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Cache-Control: no-store        | -    | no
                            | 200 OK~Content-Type: text/html~Content-Length: 5000~Cache-Control: private         | true | yes
          Cookie: s=1       | 200 OK~Content-Type: text/html~Content-Length: 5000                                | -    | no
          Cookie: s=1       | 200 OK~Content-Type: text/html~Content-Length: 5000                                | true | yes
          Cookie: s=1       | 200 OK~Content-Type: text/css~Content-Length: 5000~Cache-Control: public, max-age=9 | -   | yes
          Cookie: s=1       | 200 OK~Content-Type: text/css~Content-Length: 5000~Cache-Control: public~Set-Cookie: a=b | - | no
          Authorization: B x | 200 OK~Content-Type: text/html~Content-Length: 5000                               | -    | no
          Authorization: B x | 200 OK~Content-Type: text/html~Content-Length: 5000                               | true | yes
          """)
  void whatIsCompressed(String request, String response, String wanted, String expected) {
    String asked = PLAIN + (request == null ? "" : request + "\r\n");
    Optional<Boolean> option =
        wanted.equals("-") ? Optional.empty() : Optional.of(Boolean.valueOf(wanted));
    Filter filter = filter(asked, option);
    boolean compresses =
        filter != null && head(filter, response.strip().replace("~", "\r\n"), false);
    assertThat(compresses).as(response).isEqualTo(expected.equals("yes"));
    assertThat(edits.isLengthUnknown()).isEqualTo(compresses);
    if (!compresses) {
      assertThat(edited()).isEmpty();
      assertThat(edits.removals()).isZero();
    }
    if (filter != null) {
      filter.close();
    }
  }

  @Test
  void theHeadTellsTheTruth() {
    Filter filter = filter(PLAIN, Optional.empty());
    String response =
        "200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\nETag: \"a\"\r\nAccept-Ranges: bytes";
    assertThat(head(filter, response, false)).isTrue();
    assertThat(edited())
        .isEqualTo("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\nETag: W/\"a\"\r\n");
    assertThat(edits.removals()).isEqualTo(2);
    filter.close();
    Filter head = filter(PLAIN, Optional.empty());
    assertThat(head(head, response, true)).isFalse();
    assertThat(edited()).contains("Content-Encoding: gzip").contains("W/\"a\"");
    assertThat(edits.isLengthUnknown()).isTrue();
    head.close();
    Filter varied = filter(PLAIN, Optional.empty());
    assertThat(
            head(
                varied,
                response.replace("\"a\"", "W/\"a\"\r\nVary: Cookie, accept-encoding"),
                false))
        .isTrue();
    assertThat(edited()).isEqualTo("Content-Encoding: gzip\r\n");
    varied.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gzip, deflate, br, zstd | zstd
          gzip, deflate, br       | br
          br;q=1, zstd;q=0.9      | br
          gzip;q=0.001            | gzip
          identity, gzip;q=0.5    | none
          deflate                 | none
          """)
  void theClientChooses(String accepted, String coding) {
    Filter filter = filter(PLAIN.replace("gzip", accepted), Optional.empty());
    if (coding.equals("none")) {
      assertThat(filter).isNull();
      return;
    }
    head(filter, "200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000", false);
    assertThat(edited()).startsWith("Content-Encoding: " + coding + "\r\n");
    filter.close();
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void bodiesOfEverySizeComeBack(Coding coding) throws IOException {
    Random random = new Random(7);
    for (int size : new int[] {0, 1, 100, 1024, 65_536, 1_000_000}) {
      for (boolean compressible : new boolean[] {true, false}) {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
          body[i] = (byte) (compressible ? 'a' + random.nextInt(4) : random.nextInt(256));
        }
        assertThat(roundTrip(coding, body, true)).as("%s %d", coding, size).isEqualTo(body);
        assertThat(roundTrip(coding, body, false)).as("%s %d", coding, size).isEqualTo(body);
      }
    }
  }

  private byte[] roundTrip(Coding coding, byte[] body, boolean streams) throws IOException {
    Filter filter = filter(ask(coding), Optional.empty());
    String length = streams ? "Transfer-Encoding: chunked" : "Content-Length: 5000";
    assertThat(head(filter, "200 OK\r\nContent-Type: text/html\r\n" + length, false)).isTrue();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Random random = new Random(body.length);
    int at = 0;
    while (at < body.length) {
      int piece = Math.min(body.length - at, 1 + random.nextInt(40_000));
      boolean direct = random.nextBoolean();
      ByteBuf bytes = direct ? Unpooled.directBuffer(piece) : Unpooled.buffer(piece);
      take(filter.body(bytes.writeBytes(body, at, piece)), out);
      assertThat(bytes.refCnt()).isZero();
      at += piece;
    }
    take(filter.end(), out);
    filter.close();
    return decoder(coding, out.toByteArray()).readAllBytes();
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void whatStreamsIsTimely(Coding coding) throws IOException {
    Filter filter = filter(ask(coding), Optional.empty());
    head(filter, "200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked", false);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String said = "";
    for (int i = 0; i < 20; i++) {
      String line = "line " + i + "\n";
      said += line;
      take(filter.body(Unpooled.copiedBuffer(line, StandardCharsets.US_ASCII)), out);
      InputStream in = decoder(coding, out.toByteArray());
      byte[] got = new byte[said.length()];
      for (int k = 0; k < got.length; k++) {
        // One at a time: some decoders look further than they are asked, and find no end.
        got[k] = (byte) in.read();
      }
      assertThat(new String(got, StandardCharsets.US_ASCII)).isEqualTo(said);
    }
    filter.close();
  }

  @Test
  void aResponseThatFailsLeavesNoTraceInTheNext() throws IOException {
    for (Coding coding : Coding.values()) {
      Filter failed = filter(ask(coding), Optional.empty());
      head(failed, "200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked", false);
      take(
          failed.body(Unpooled.copiedBuffer("old ".repeat(999), StandardCharsets.US_ASCII)),
          new ByteArrayOutputStream());
      failed.close();
      assertThat(
              new String(
                  roundTrip(coding, "new".getBytes(StandardCharsets.US_ASCII), true),
                  StandardCharsets.US_ASCII))
          .isEqualTo("new");
    }
  }

  @Test
  void aboveTheLimitBodiesPassAsTheyAre() {
    List<Filter> open = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Filter filter = filter(PLAIN, Optional.empty());
      boolean compresses =
          head(filter, "200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000", false);
      assertThat(compresses).isEqualTo(i < 4);
      open.add(filter);
    }
    open.forEach(Filter::close);
    assertThat(compression.used()).isZero();
  }

  @Test
  void textShrinks() throws IOException {
    for (Coding coding : Coding.values()) {
      Filter filter = filter(ask(coding), Optional.empty());
      head(filter, "200 OK\r\nContent-Type: text/html\r\nContent-Length: 50000", false);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      String html = "<li class=\"item\">hello</li>\n".repeat(2000);
      take(filter.body(Unpooled.copiedBuffer(html, StandardCharsets.US_ASCII)), out);
      take(filter.end(), out);
      filter.close();
      assertThat(out.size()).as(coding.name()).isLessThan(html.length() / 20);
    }
  }
}
