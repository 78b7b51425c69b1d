package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is allowed up to the last byte, what is not from the next one on, and what it costs. */
class LimitsTest {
  private final RequestHead head = new RequestHead(HeadLimits.DEFAULT);

  @Test
  void aHundredFields() {
    assertAccepted("GET / HTTP/1.1\r\nHost: a\r\n" + "X: 1\r\n".repeat(99) + "\r\n");
    assertRejected(
        "GET / HTTP/1.1\r\nHost: a\r\n" + "X: 1\r\n".repeat(100), Reject.TOO_MANY_FIELDS);
  }

  @Test
  void aTargetOf16KiB() {
    assertAccepted("GET /" + "a".repeat(16383) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    assertRejected("GET /" + "a".repeat(16384), Reject.TARGET_TOO_LONG);
  }

  @Test
  void aMethodOf24Letters() {
    assertAccepted("A".repeat(24) + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertRejected("A".repeat(25), Reject.METHOD);
  }

  @Test
  void aHeadOf64KiB() {
    String around = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
    int room = 65536 - around.length();
    assertAccepted(around.replace("X: ", "X: " + "a".repeat(room)));
    assertRejected(around.replace("X: ", "X: " + "a".repeat(room + 1)), Reject.HEAD_TOO_LARGE);
    assertRejected("\r\n" + around.replace("X: ", "X: " + "a".repeat(room)), Reject.HEAD_TOO_LARGE);
  }

  @Test
  void theLargestHeadFitsWithItsGrowth() {
    String name = "a.".repeat(126) + "b:65535";
    String text = "GET http://" + name + " HTTP/1.0\r\nConnection: keep-alive\r\nX: y\r\n\r\n";
    byte[] in = text.getBytes(StandardCharsets.US_ASCII);
    int length = head.parse(in, 0, in.length);
    byte[] out = new byte[length + RequestRewriter.GROWTH];
    InetAddress address = InetAddress.ofLiteral("1111:2222:3333:4444:5555:6666:7777:8888");
    ClientSide client = new ClientSide(address, address, 65535, "https");
    assertThat(RequestRewriter.write(head, in, client, -1, -1, -1, true, out))
        .isLessThan(out.length);
  }

  /** The eight-byte steps find what a plain loop finds, at every alignment. */
  @Test
  void valueEndIsWhereThePlainLoopStops() {
    long seed = 7;
    Random random = new Random(seed);
    for (int round = 0; round < 200_000; round++) {
      byte[] in = new byte[random.nextInt(40)];
      for (int i = 0; i < in.length; i++) {
        in[i] =
            (byte)
                (random.nextInt(12) == 0
                    ? random.nextInt(256)
                    : "\t ~\u007f\u0080\u00ff\u001f!aZ".charAt(random.nextInt(10)));
        if (random.nextInt(3) > 0 && isControl(in[i])) {
          in[i] = '\t';
        }
      }
      int from = in.length == 0 ? 0 : random.nextInt(in.length);
      int expected = from;
      while (expected < in.length && !isControl(in[expected])) {
        expected++;
      }
      assertThat(Octets.valueEnd(in, from, in.length))
          .as(() -> "seed " + seed + " " + WireText.show(in) + " from " + from)
          .isEqualTo(expected);
    }
  }

  /** Every single byte, in a name, a value, a target, a method and a host. */
  @Test
  void everyByteInEveryPlace() {
    String token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int c = 0; c < 256; c++) {
      char at = (char) c;
      boolean visible = c > ' ' && c < 0x7f;
      boolean letter = Character.isLetterOrDigit(c) && c < 0x7f;
      assertThat(takes("GET / HTTP/1.1\r\nHost: a\r\nX" + at + "Y: z\r\n\r\n"))
          .as("name %02x", c)
          .isEqualTo(token.indexOf(at) >= 0 || at == ':');
      assertThat(takes("GET / HTTP/1.1\r\nHost: a\r\nX: y" + at + "z\r\n\r\n"))
          .as("value %02x", c)
          .isEqualTo(visible || at == ' ' || at == '\t' || c >= 0x80);
      assertThat(takes("GET /a" + at + "b HTTP/1.1\r\nHost: a\r\n\r\n"))
          .as("target %02x", c)
          .isEqualTo(visible && at != '#');
      assertThat(takes("A" + at + "B / HTTP/1.1\r\nHost: a\r\n\r\n"))
          .as("method %02x", c)
          .isEqualTo(c >= 'A' && c <= 'Z' || at == '-' || at == '_');
      assertThat(takes("GET / HTTP/1.1\r\nHost: a" + at + "b\r\n\r\n"))
          .as("host %02x", c)
          .isEqualTo(letter || at == '-' || at == '_' || at == '.');
    }
  }

  /** A request's way through the codec leaves nothing for the garbage collector. */
  @Test
  void nothingIsAllocated() {
    byte[] in =
        ("POST /articles/1?a=b HTTP/1.1\r\nHost: a.localhost:8080\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n"
                + "Accept: text/html, application/json;q=0.5\r\nUser-Agent: x\r\nContent-Length: 12345\r\nX-Forwarded-For: y\r\n"
                + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] answer =
        "HTTP/1.1 200 OK\r\nServer: x\r\nConnection: close\r\nContent-Length: 12345\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[65536];
    ClientSide client = new ClientSide(null, null, 80, "http");
    ResponseHead response = new ResponseHead(HeadLimits.DEFAULT);
    ResponseRewriter rewriter = new ResponseRewriter();
    Edits edits = new Edits();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        int length = head.parse(in, 0, in.length);
        RequestRewriter.write(head, in, client, i, length, i, true, out);
        response.parse(answer, 0, answer.length, false);
        rewriter.write(response, answer, 1, true, i, edits, out);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).as("bytes allocated by 1,000 exchanges").isLessThan(1000);
  }

  private static boolean isControl(byte c) {
    return c >= 0 && c < ' ' && c != '\t' || c == 0x7f;
  }

  private boolean takes(String text) {
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    return head.parse(in, 0, in.length) == in.length;
  }

  private void assertAccepted(String text) {
    assertThat(takes(text)).isTrue();
  }

  private void assertRejected(String text, Reject reject) {
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    assertThat(head.parse(in, 0, in.length)).isEqualTo(reject.code());
  }
}
