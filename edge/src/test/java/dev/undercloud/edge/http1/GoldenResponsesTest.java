package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Valid responses are accepted and rewritten to exactly what the file says. */
class GoldenResponsesTest {
  private static final String FILE = "golden-responses.txt";

  private final ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);
  private final ResponseRewriter rewriter = new ResponseRewriter();

  static List<Golden> all() {
    return Golden.read(FILE);
  }

  @Test
  void writesTheFileWhenAsked() {
    assertThat(all()).hasSizeGreaterThan(30);
    if (Golden.writes()) {
      Golden.write(FILE, all().stream().map(this::output).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void isRewrittenExactly(Golden golden) {
    assertThat(output(golden)).isEqualTo(golden.expected());
  }

  @ParameterizedTest
  @MethodSource("all")
  void isAcceptedAtItsLastByteAlone(Golden golden) {
    byte[] in = golden.in();
    for (int to = 0; to < in.length; to++) {
      assertThat(head.parse(in, 0, to, false))
          .as("after %s bytes", to)
          .isEqualTo(ResponseHead.MORE);
    }
  }

  /** What the client gets is itself valid, and no body for an old one is chunked. */
  @ParameterizedTest
  @MethodSource("all")
  void whatItBecomesIsValid(Golden golden) {
    byte[] out = rewritten(golden);
    boolean toHead = golden.name().endsWith("for HEAD");
    assertThat(head.parse(out, 0, out.length, toHead)).isEqualTo(out.length);
    if (golden.name().contains("for HTTP/1.0")) {
      assertThat(head.body).isNotEqualTo(ResponseHead.Body.CHUNKED);
    } else {
      assertThat(head.body).isNotEqualTo(ResponseHead.Body.UNTIL_CLOSE);
    }
    assertThat(head.interim || head.status == 101 || head.reusable == rewriter.keepAlive).isTrue();
  }

  private List<String> output(Golden golden) {
    byte[] out = rewritten(golden);
    String found =
        "status=%d body=%s length=%d transfer=%s%s%s%s"
            .formatted(
                head.status,
                head.body,
                head.contentLength,
                rewriter.transfer,
                head.interim ? " interim" : "",
                head.reusable ? " reusable" : "",
                rewriter.keepAlive ? " keep-alive" : "");
    return Golden.form(out, found);
  }

  private byte[] rewritten(Golden golden) {
    byte[] in = golden.in();
    String name = golden.name();
    int length = head.parse(in, 0, in.length, name.endsWith("for HEAD"));
    assertThat(length)
        .as(() -> Reject.is(length) ? Reject.of(length).name() : "")
        .isEqualTo(in.length);
    byte[] out = new byte[length + ResponseRewriter.GROWTH];
    int minor = name.contains("for HTTP/1.0") ? 0 : 1;
    int written =
        rewriter.write(head, in, minor, !name.endsWith("for close"), 0xaa, new Edits(), out);
    return Arrays.copyOf(out, written);
  }
}
