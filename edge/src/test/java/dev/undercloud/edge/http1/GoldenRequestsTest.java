package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Valid requests are accepted, byte by byte too, and rewritten to exactly what the file says. */
class GoldenRequestsTest {
  private static final String FILE = "golden-requests.txt";
  private static final long ID = 0xaaL;

  private final RequestHead head = new RequestHead(HeadLimits.DEFAULT);

  static List<Golden> all() {
    return Golden.read(FILE);
  }

  @Test
  void writesTheFileWhenAsked() {
    assertThat(all()).hasSizeGreaterThan(50);
    if (Golden.writes()) {
      Golden.write(FILE, all().stream().map(it -> output(it.in())).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void isRewrittenExactly(Golden golden) {
    assertThat(output(golden.in())).isEqualTo(golden.expected());
  }

  @ParameterizedTest
  @MethodSource("all")
  void isAcceptedAtItsLastByteAlone(Golden golden) {
    byte[] in = golden.in();
    for (int to = 0; to < in.length; to += in.length > 4096 ? 37 : 1) {
      assertThat(head.parse(in, 0, to)).as("after %s bytes", to).isEqualTo(RequestHead.MORE);
    }
    byte[] shifted = new byte[in.length + 20];
    Arrays.fill(shifted, (byte) '\r');
    System.arraycopy(in, 0, shifted, 10, in.length);
    assertThat(head.parse(shifted, 10, shifted.length)).isEqualTo(in.length);
  }

  /** What a replica gets is itself valid, and says the same. */
  @ParameterizedTest
  @MethodSource("all")
  void whatItBecomesIsValid(Golden golden) {
    byte[] out = rewritten(golden.in());
    boolean chunked = head.chunked;
    long length = head.contentLength;
    boolean upgrade = head.upgrade;
    assertThat(head.parse(out, 0, out.length)).isEqualTo(out.length);
    assertThat(head.chunked).isEqualTo(chunked);
    assertThat(head.contentLength).isEqualTo(length);
    assertThat(head.upgrade).isEqualTo(upgrade);
    assertThat(head.parentSpan).isEqualTo(ID);
  }

  private List<String> output(byte[] in) {
    byte[] out = rewritten(in);
    String key = new String(head.hostKey(), 0, head.hostKeyLength(), StandardCharsets.US_ASCII);
    String found =
        "host=%s length=%d%s%s%s%s%s%s%s%s%s"
            .formatted(
                key,
                head.contentLength,
                flag(head.chunked, "chunked"),
                flag(head.keepAlive, "keep-alive"),
                flag(head.expectContinue, "expect-continue"),
                flag(head.upgrade, "upgrade"),
                flag(head.safe, "safe"),
                flag(head.idempotent, "idempotent"),
                flag(head.headMethod, "head"),
                flag(head.prefersJson, "json"),
                flag(head.traced, "traced by " + Long.toHexString(head.parentSpan)));
    return Golden.form(out, found);
  }

  private static String flag(boolean set, String name) {
    return set ? " " + name : "";
  }

  private byte[] rewritten(byte[] in) {
    int length = head.parse(in, 0, in.length);
    assertThat(length)
        .as(() -> Reject.is(length) ? Reject.of(length).name() : "")
        .isEqualTo(in.length);
    byte[] out = new byte[length + RequestRewriter.GROWTH];
    ClientSide client =
        new ClientSide(
            InetAddress.ofLiteral("192.0.2.7"), InetAddress.ofLiteral("127.0.0.1"), 8080, "http");
    long high = head.traced ? head.traceHigh : 0xbL;
    long low = head.traced ? head.traceLow : 0xcL;
    boolean sampled = !head.traced || head.sampled;
    int written = RequestRewriter.write(head, in, client, ID, high, low, sampled, out);
    return Arrays.copyOf(out, written);
  }
}
