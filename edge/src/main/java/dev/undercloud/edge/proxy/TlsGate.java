package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.tls.Challenges;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What TLS has to say about a request before anything else does: whether it came by the connection
 * it belongs to (421), and what ACME servers look for. Its loop's thread only.
 */
final class TlsGate {
  private static final byte[] CHALLENGE = Challenges.PATH.getBytes(StandardCharsets.US_ASCII);

  private final Loop loop;
  private @Nullable Challenges challenges;

  TlsGate(Loop loop) {
    this.loop = loop;
  }

  /** HTTPS is served from now on. */
  void open(Challenges challenges) {
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
      return true;
    }
    if (challenges != null && !challenges.hasNoFiles() && answersChallenge(exchange, app, now)) {
      return false;
    }
    // A host whose clients must show us a certificate is not to be had without one, by whatever
    // way.
    if (policy.clientCa().isPresent()) {
      exchange.answer(Answer.insecure());
      return false;
    }
    return true;
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
    exchange.slot.by = AnsweredBy.ACME;
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
}
