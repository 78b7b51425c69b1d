package dev.undercloud.edge.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Valid heads, and the exact bytes a replica gets for them. */
class RequestRewriterTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String OWN =
      "X-Request-Id: 00000000000000aa\r\n"
          + "traceparent: 00-000000000000000b000000000000000c-00000000000000aa-01\r\n\r\n";

  private final RequestHead head = new RequestHead(HeadLimits.DEFAULT);
  private final ClientSide client = client("192.0.2.7");

  @Test
  void aPlainRequestPassesWithWhatTheEdgeAdds() {
    assertThat(
            rewritten(
                "GET /a?b=c HTTP/1.1\r\nHost: a.localhost:8080\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n"))
        .isEqualTo(
            "GET /a?b=c HTTP/1.1\r\nHost: a.localhost:8080\r\nUser-Agent: x\r\nAccept: */*\r\n"
                + forwarded("a.localhost:8080")
                + OWN);
    assertThat(new String(head.hostKey(), 0, head.hostKeyLength(), StandardCharsets.US_ASCII))
        .isEqualTo("a.localhost");
    assertThat(head.keepAlive).isTrue();
    assertThat(head.safe).isTrue();
    assertThat(head.contentLength).isEqualTo(-1);
  }

  @Test
  void hopByHopAndForgedFieldsAreDropped() {
    assertThat(
            rewritten(
                "POST / HTTP/1.1\r\nX-Keep: 1\r\nhost:  A.b. \r\nConnection: close, X-Keep\r\n"
                    + "Keep-Alive: 5\r\nProxy-Connection: x\r\nTE: trailers\r\nX-Forwarded-For: 6.6.6.6\r\n"
                    + "X_Forwarded_For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-Ip: 6.6.6.6\r\n"
                    + "x-request-id: mine\r\nX-Forwarded-Prefix: /x\r\nProxy: y\r\nA: 1\r\nUpgrade: h2c\r\n"
                    + "content-length: 007\r\nB:2\r\n\r\n"))
        .isEqualTo(
            "POST / HTTP/1.1\r\nHost: A.b.\r\nA: 1\r\nB:2\r\nContent-Length: 7\r\n"
                + forwarded("A.b.")
                + OWN);
    assertThat(head.keepAlive).isFalse();
    assertThat(head.hostKeyLength()).isEqualTo(3);
  }

  @Test
  void aValidTraceGoesOn() {
    String sent =
        "GET / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-"
            + TRACE
            + "-b7ad6b7169203331-01\r\ntracestate: v=1\r\n\r\n";
    assertThat(rewritten(sent))
        .contains("\r\ntracestate: v=1\r\n")
        .doesNotContain("b7ad6b7169203331");
    assertThat(head.traced).isTrue();
    assertThat(head.traceHigh).isEqualTo(0x0af7651916cd43ddL);
    assertThat(head.traceLow).isEqualTo(0x8448eb211c80319cL);
    assertThat(head.parentSpan).isEqualTo(0xb7ad6b7169203331L);
    assertThat(head.sampled).isTrue();
    assertThat(rewritten(sent.replace("0af7", "0AF7"))).doesNotContain("tracestate");
    assertThat(head.traced).isFalse();
  }

  @Test
  void anAbsoluteTargetBecomesAPathAndItsAuthorityTheHost() {
    assertThat(rewritten("GET HTTP://b.test:81?q HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("GET /?q HTTP/1.1\r\nHost: b.test:81\r\nX-Forwarded-For");
    assertThat(rewritten("OPTIONS http://b.test HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("OPTIONS * HTTP/1.1\r\nHost: b.test\r\n");
    assertThat(rewritten("GET http://b.test HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("GET / HTTP/1.1\r\nHost: b.test\r\n");
  }

  @Test
  void anUpgradeIsMadeAnew() {
    assertThat(
            rewritten(
                "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n"))
        .startsWith(
            "GET /ws HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: k\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
    assertThat(head.upgrade).isTrue();
  }

  private String rewritten(String text) {
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    int length = head.parse(in, 0, in.length);
    assertThat(length)
        .as(() -> Reject.is(length) ? Reject.of(length).name() : "")
        .isEqualTo(in.length);
    byte[] out = new byte[length + RequestRewriter.GROWTH];
    int written = RequestRewriter.write(head, in, client, 0xaa, 0xb, 0xc, true, out);
    return new String(out, 0, written, StandardCharsets.ISO_8859_1);
  }

  private static String forwarded(String host) {
    return "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 8080\r\n"
        + "Forwarded: for=192.0.2.7;proto=http;host=\"%s\"\r\nX-Forwarded-Host: %s\r\n"
            .formatted(host, host);
  }

  private static ClientSide client(String address) {
    InetAddress it = InetAddress.ofLiteral(address);
    return new ClientSide(it, InetAddress.ofLiteral("127.0.0.1"), 8080, "http");
  }
}
