package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.reply.Filter;
import dev.undercloud.edge.tls.Challenges;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What TLS has to say about a request before anything else does: whether it came by the connection
 * it belongs to (421), whether it should have come encrypted (308), what ACME servers look for, and
 * Strict-Transport-Security. Its loop's thread only.
 */
final class TlsGate {
  /** Locations of more than this no client follows. */
  private static final int LONGEST_TARGET = 16 << 10;

  private static final int HTTPS_PORT = 443;
  private static final byte[] CHALLENGE = Challenges.PATH.getBytes(StandardCharsets.US_ASCII);

  private final Loop loop;
  private @Nullable Challenges challenges;
  private int port;
  private Hsts hsts = new Hsts(Duration.ZERO);

  TlsGate(Loop loop) {
    this.loop = loop;
  }

  /** HTTPS is served at {@code port} from now on. */
  void open(int port, Challenges challenges) {
    this.port = port;
    this.challenges = challenges;
  }

  /** As {@link Front#goesOn}. */
  boolean goesOn(Exchange exchange, App app, ClientSide client, long now) {
    TlsPolicy policy = app.policy.tls();
    if (client.binding != null) {
      if (!client.binding.serves(app.name(), policy.clientCa())) {
        exchange.answer(Answer.misdirected());
        return false;
      }
      if (!policy.hsts().isZero()) {
        exchange.filter(hsts(policy.hsts()));
      }
      return true;
    }
    if (challenges != null && !challenges.hasNoFiles() && answersChallenge(exchange, app, now)) {
      return false;
    }
    // A host whose clients must show a certificate is not to be had without one.
    boolean refused = policy.clientCa().isPresent() && !client.https;
    if (refused || policy.redirect() && port != 0 && !client.https) {
      return redirect(exchange, app, now);
    }
    return true;
  }

  private Hsts hsts(Duration age) {
    if (!hsts.age.equals(age)) {
      hsts = new Hsts(age);
    }
    return hsts;
  }

  private boolean answersChallenge(Exchange exchange, App app, long now) {
    RequestHead head = loop.request;
    int length = head.targetLength;
    if (length <= CHALLENGE.length || !startsWith(loop.in, head.targetAt, CHALLENGE)) {
      return false;
    }
    String token =
        new String(
            loop.in,
            head.targetAt + CHALLENGE.length,
            length - CHALLENGE.length,
            StandardCharsets.ISO_8859_1);
    byte[] answer = challenges == null ? null : challenges.file(token);
    if (answer == null) {
      return false;
    }
    String start = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n";
    exchange.respond(app, new FixedSource(start, answer), now);
    return true;
  }

  private static boolean startsWith(byte[] in, int at, byte[] prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (in[at + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** Always false, as what {@link #goesOn} returns. */
  private boolean redirect(Exchange exchange, App app, long now) {
    RequestHead head = loop.request;
    String path =
        path(new String(loop.in, head.targetAt, head.targetLength, StandardCharsets.ISO_8859_1));
    if (port == 0 || head.hostKeyLength() == 0 || path.length() > LONGEST_TARGET) {
      exchange.answer(Answer.insecure());
      return false;
    }
    String host = new String(head.hostKey(), 0, head.hostKeyLength(), StandardCharsets.ISO_8859_1);
    String to = "https://" + host + (port == HTTPS_PORT ? "" : ":" + port) + path;
    // 308: another method than the client's own would lose what it sends.
    String start = "HTTP/1.1 308 Permanent Redirect\r\nLocation: " + to + "\r\n";
    exchange.respond(app, new FixedSource(start, new byte[0]), now);
    return false;
  }

  /** Of an absolute target what follows the authority; of {@code *} the root. */
  private static String path(String target) {
    if (target.startsWith("/")) {
      return target;
    }
    int authority = target.indexOf("://");
    int slash = authority < 0 ? -1 : target.indexOf('/', authority + 3);
    return slash < 0 ? "/" : target.substring(slash);
  }

  /** RFC 6797. It looks at heads alone, so that one serves every response. */
  private static final class Hsts implements Filter {
    private static final byte[] NAME =
        "Strict-Transport-Security".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LOWER =
        "strict-transport-security".getBytes(StandardCharsets.US_ASCII);

    final Duration age;
    private final byte[] value;

    Hsts(Duration age) {
      this.age = age;
      value = ("max-age=" + age.toSeconds()).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean head(ResponseHead head, byte[] in, Edits edits) {
      edits.remove(LOWER);
      edits.add(NAME, value, 0, value.length);
      return false;
    }

    @Override
    public ByteBuf body(ByteBuf piece) {
      return piece;
    }

    @Override
    public @Nullable ByteBuf end() {
      return null;
    }

    @Override
    public void close() {}
  }
}
