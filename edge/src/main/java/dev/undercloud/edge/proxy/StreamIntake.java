package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http2.RequestText;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Request heads of one stream of an HTTP/2 client: checked, routed, and sent on their way, with a
 * small body where one is announced. Reused. Its loop's thread only.
 */
final class StreamIntake {
  private static final String TOO_LARGE = "The header fields are too many or too large";
  private static final String NO_TUNNEL = "CONNECT is only served for WebSockets";

  private final Http2Client client;
  private final Loop loop;
  private final ClientStream owner;
  private final Exchange exchange;
  private final StreamUpload upload;
  private ErrorPage.Format format = ErrorPage.Format.TEXT;
  private boolean awaitsContinue;

  StreamIntake(Http2Client client, ClientStream owner, Exchange exchange, StreamUpload upload) {
    this.client = client;
    this.owner = owner;
    this.exchange = exchange;
    this.upload = upload;
    loop = client.loop;
  }

  /** A request begins. */
  void begin() {
    awaitsContinue = false;
    format = ErrorPage.Format.TEXT;
  }

  /** The loop's field list is the head of the request that has begun. */
  void head(Http2Stream stream, boolean ended, long now) throws Http2Exception {
    RequestText text = loop.requestText;
    int length = text.write(loop.fields, ended, loop.in);
    if (length == RequestText.MALFORMED) {
      throw malformed(stream, "The request is malformed, because " + text.fault());
    }
    if (length < 0) {
      boolean large = length == RequestText.TOO_LARGE;
      refuse(large ? 431 : 501, large ? TOO_LARGE : NO_TUNNEL);
      return;
    }
    int parsed = loop.request.parse(loop.in, 0, length);
    if (parsed != length) {
      Reject reject = Reject.is(parsed) ? Reject.of(parsed) : Reject.REQUEST_LINE;
      refuse(reject.status(), Http1Intake.sentence(reject.words()));
      return;
    }
    if (ended && loop.request.contentLength > 0) {
      throw malformed(stream, "The request ends before the body that its Content-Length declares");
    }
    boolean webSocket = text.isWebSocket();
    boolean whole = ended || webSocket || loop.request.contentLength == 0;
    upload.begin(stream, loop.request.contentLength, text.isChunked(), webSocket, ended);
    route(whole, ended, now);
  }

  /** The stream's error for what nobody can make sense of (RFC 9113, 8.1.1). */
  static Http2Exception malformed(Http2Stream stream, String why) {
    return Http2Exception.streamError(stream.id(), PROTOCOL_ERROR, "%s", why);
  }

  void refuse(int status, String why) {
    exchange.answer(Answer.refused(status, why));
  }

  /** The loop's request head is that of this stream: sends it on its way. */
  private void route(boolean whole, boolean ended, long now) {
    RequestHead head = loop.request;
    Slots.fill(exchange.slot, head, loop.in, loop.entropy);
    exchange.slot.version = 20;
    awaitsContinue = head.expectContinue && !ended;
    format =
        head.grpc ? ErrorPage.Format.GRPC : ErrorPage.Format.of(head.prefersJson, head.takesHtml);
    exchange.request.read(head, whole);
    App app = loop.routes().find(head.hostKey(), head.hostKeyLength());
    if (app == null) {
      exchange.answer(Answer.unknownHost());
      return;
    }
    client.idleFor(app.idleNanos);
    pass(app, now);
  }

  private void pass(App app, long now) {
    Request request = exchange.request;
    ClientSide side = client.peer.side();
    request.clearRules();
    loop.requestEdits.clear();
    if (!loop.front.goesOn(exchange, app, side, now)) {
      return;
    }
    App serving = request.instead == null ? app : request.instead;
    if (request.grpc && serving.speaksHttp2 && request.mirrorTo == null) {
      request.marked = true;
      loop.requestEdits.keepMarks();
    }
    ByteBuf rewritten =
        client.heads.rewrite(
            StreamUpload.nothing(),
            client.noBody,
            exchange.slot,
            request.side == null ? side : request.side);
    App copied = request.mirrorTo;
    boolean readsHeads =
        serving.selector.readsHeads() || copied != null && copied.selector.readsHeads();
    boolean atOnce = request.whole || awaitsContinue || readsHeads;
    if (atOnce || !upload.waitsForSmall(serving, rewritten)) {
      exchange.start(serving, rewritten, now);
    } else {
      owner.touch();
    }
  }

  /** What the request waited for is known: it is routed again by its {@code head}. */
  void routeAgain(byte[] head) {
    App app = loop.front.again(head);
    if (app == null) {
      exchange.answer(Answer.unknownHost());
    } else {
      pass(app, loop.nanos());
      // Nothing is being read now that the body could come with.
      upload.start();
    }
  }

  /** Whether the client waits to hear that it may send its body; asked, it is told. */
  boolean takeExpectation() {
    boolean was = awaitsContinue;
    awaitsContinue = false;
    return was;
  }

  /** How the client would read an error. */
  ErrorPage.Format format() {
    return format;
  }
}
