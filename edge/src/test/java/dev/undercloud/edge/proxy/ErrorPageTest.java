package dev.undercloud.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.edge.proxy.ErrorPage.Format;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorPageTest {
  private static final String HOSTILE = "<script>alert(\"1\")</script> & 'x'\n\\";
  private static final Answer ANSWER =
      new Answer(
          AnsweredBy.BAD_GATEWAY,
          503,
          "no-replica",
          HOSTILE,
          HOSTILE,
          "Look at `undercloud logs`.",
          5,
          HOSTILE,
          HOSTILE);

  private static String page(Format format, boolean head) {
    return new String(
        ErrorPage.response(ANSWER, format, "0123456789abcdef", false, head),
        StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GRPC")
  void framingHolds(Format format) {
    String page = page(format, false);
    int end = page.indexOf("\r\n\r\n") + 4;
    String head = page.substring(0, end);
    assertThat(head)
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
        .contains("\r\nRetry-After: 5\r\n", "\r\nConnection: close\r\n")
        .contains("\r\nX-Request-Id: 0123456789abcdef\r\n")
        .contains("\r\nContent-Length: " + (page.length() - end) + "\r\n");
    assertThat(page(format, true)).isEqualTo(head);
  }

  @Test
  void htmlIsEscaped() {
    assertThat(page(Format.HTML, false))
        .doesNotContain("<script")
        .contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;")
        .contains("<code>undercloud logs</code>");
  }

  @Test
  void jsonIsEscaped() {
    assertThat(page(Format.JSON, false))
        .contains("\"title\":\"<script>alert(\\\"1\\\")</script> & 'x'\\u000a\\\\\"")
        .contains("\"status\":503")
        .endsWith("}\n");
  }
}
