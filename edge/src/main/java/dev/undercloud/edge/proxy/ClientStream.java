package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.http2.RequestText;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an HTTP/2 client: a request and its response, or a WebSocket (RFC 8441). Reused for
 * one stream after another of its connection. Its loop's thread only.
 */
final class ClientStream implements Downstream, Http2Link.Part, ChannelFutureListener {
  private static final String TOO_LARGE = "The header fields are too many or too large";
  private static final String NO_TUNNEL = "CONNECT is only served for WebSockets";
  private static final int OK = 200;
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int CONTINUE = 100;

  private final Http2Client client;
  private final Loop loop;
  private final Exchange exchange;
  private final Timed timed = new Deadline();
  private final StreamUpload upload;
  private final StreamWriter writer;
  private @Nullable Http2Stream stream;
  private ErrorPage.Format format = ErrorPage.Format.TEXT;

  /** The exchange has begun and not ended. */
  private boolean active;

  /** Everything there is to send was written, or will not be. */
  private boolean answered;

  /** The stream is reset by whoever found its fault: nothing is to be written. */
  private boolean quiet;

  private boolean awaitsContinue;
  private boolean touched;

  /** {@link #writable} will be called. */
  private boolean wakes;

  ClientStream(Http2Client client) {
    this.client = client;
    loop = client.loop;
    exchange = new Exchange(loop, this, timed);
    upload = new StreamUpload(client, exchange);
    writer = new StreamWriter(client);
  }

  // ---------------------------------------------------------------- frames from the client

  /** The loop's field list is the head of a request. */
  void head(Http2Stream stream, boolean ended) throws Http2Exception {
    long now = begin(stream);
    RequestText text = loop.requestText;
    int length = text.write(loop.fields, ended, loop.in);
    if (length == RequestText.MALFORMED) {
      throw malformed("The request is malformed, because " + text.fault());
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
      throw malformed("The request ends before the body that its Content-Length declares");
    }
    boolean webSocket = text.isWebSocket();
    boolean whole = ended || webSocket || loop.request.contentLength == 0;
    upload.begin(stream, loop.request.contentLength, text.isChunked(), webSocket, ended);
    route(whole, ended, now);
  }

  private long begin(Http2Stream stream) {
    this.stream = stream;
    long now = loop.nanos();
    active = true;
    answered = quiet = awaitsContinue = false;
    format = ErrorPage.Format.TEXT;
    writer.begin(stream);
    exchange.begin(now);
    exchange.open(now);
    exchange.slot.version = 20;
    exchange.slot.client = client.peer.address();
    exchange.request.toHead = false;
    exchange.request.whole = true;
    if (client.isFirst()) {
      exchange.mark(Stage.ACCEPT, client.peer.acceptedAt());
    }
    return now;
  }

  private Http2Exception malformed(String why) {
    return Http2Exception.streamError(stream().id(), PROTOCOL_ERROR, "%s", why);
  }

  private void refuse(int status, String why) {
    exchange.answer(Answer.refused(status, why));
  }

  /** Answers a stream whose fields nobody has read. */
  void refuse(Http2Stream stream, int status, String why) {
    begin(stream);
    upload.begin(stream, 0, false, false, true);
    refuse(status, why);
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
      touch();
    }
  }

  @Override
  public void routeAgain(byte[] head) {
    App app = loop.front.again(head);
    if (app == null) {
      exchange.answer(Answer.unknownHost());
    } else {
      pass(app, loop.nanos());
      // Nothing is being read now that the body could come with.
      upload.start();
    }
  }

  private void touch() {
    if (!touched) {
      touched = true;
      client.touch(this);
    }
  }

  /** Takes a DATA frame; the bytes of it, {@code flow} in all, that the windows may have back. */
  int data(ByteBuf data, int flow, boolean ended) throws Http2Exception {
    if (!active || answered || quiet) {
      return flow;
    }
    if (upload.payload() + data.readableBytes() > exchange.request.bodyLimit) {
      upload.stop(ended);
      exchange.bodyTooLarge();
      return flow;
    }
    String fault = upload.take(data, ended);
    if (fault != null) {
      throw malformed(fault);
    }
    touch();
    return upload.returned(flow);
  }

  /** The loop's field list is the trailer section of the request. */
  void trailers() throws Http2Exception {
    if (!active || answered || quiet) {
      return;
    }
    String fault = upload.end(loop.fields);
    if (fault != null) {
      throw malformed(fault);
    }
    touch();
  }

  @Override
  public void readComplete() {
    touched = false;
    if (active) {
      upload.start();
      exchange.toReplica.flush();
    }
  }

  /** The client has reset the stream. */
  void gone() {
    if (!active) {
      return;
    }
    if (answered) {
      if (exchange.slot.outcome == Outcome.COMPLETE) {
        exchange.slot.outcome = Outcome.CLIENT_ABORTED;
      }
      exchange.finish();
    } else {
      exchange.clientGone();
    }
    finished();
  }

  /** Somebody found a fault and resets the stream. */
  void broken(String why) {
    if (!active) {
      return;
    }
    quiet = true;
    if (answered) {
      gone();
    } else {
      exchange.requestBroken(400, why);
    }
  }

  boolean isActive() {
    return active;
  }

  /** Netty has forgotten the stream; what it still held back is dropped. */
  void closed() {
    if (!answered || !writer.isEnding()) {
      gone();
    }
    upload.close();
    writer.close();
    stream = null;
    recycle();
  }

  // ---------------------------------------------------------------- the exchange's wishes

  @Override
  public boolean isSecure() {
    ClientSide named = exchange.request.side;
    return (named == null ? client.peer.side() : named).secure;
  }

  @Override
  public void ready() {
    if (awaitsContinue) {
      awaitsContinue = false;
      loop.responseFields.only(CONTINUE);
      writer.fields(null);
    }
    syncInput();
  }

  @Override
  public void interim() {
    if (loop.response.status != CONTINUE) {
      int length = rewrite();
      loop.responseFields.read(loop.out, length, loop.response.status);
      writer.fields(null);
    }
  }

  @Override
  public Transfer prepareHead() {
    writer.prepared(rewrite());
    return loop.rewriter.transfer;
  }

  /** As for HTTP/1.0, which knows no chunks either: what names the connection is left out later. */
  private int rewrite() {
    return loop.rewriter.write(
        loop.response, loop.in, 0, false, exchange.slot.id, loop.edits, loop.out);
  }

  @Override
  public void head(ByteBuf in, int length) {
    int status = loop.response.status;
    boolean tunnel = status == SWITCHING_PROTOCOLS;
    boolean bodiless = loop.response.body == ResponseHead.Body.NONE;
    writer.head(tunnel ? OK : status, bodiless && !tunnel ? this : null);
    if (length > 0) {
      writer.body(loop.keep(in.readRetainedSlice(length)));
    }
  }

  @Override
  public void body(ByteBuf piece) {
    writer.body(piece);
  }

  @Override
  public boolean takesTrailers() {
    return true;
  }

  @Override
  public void trailers(byte[] lines, int length) {
    writer.trailers(loop.responseFields.trailers(lines, length));
  }

  @Override
  public void flush() {
    writer.pass();
    if (isWritable()) {
      client.flushSoon();
    } else {
      client.flushNow();
    }
  }

  @Override
  public boolean isWritable() {
    if (client.isModest()) {
      return writer.isWritable();
    }
    wake();
    return false;
  }

  @Override
  public void end() {
    answered = true;
    writer.end(this);
    if (writer.isEnding()) {
      client.ends(this);
    } else {
      // A tunnel whose other half ended first, or a connection that is gone.
      sent(stream != null);
    }
  }

  @Override
  public void answer(Answer answer) {
    answered = true;
    if (quiet) {
      exchange.finish();
      finished();
      return;
    }
    byte[] page =
        ErrorPage.response(answer, format, Hex.of(exchange.slot.id), true, exchange.request.toHead);
    writer.page(page, this);
    client.ends(this);
  }

  @Override
  public void abort(boolean broken) {
    answered = true;
    boolean ours = exchange.slot.outcome == Outcome.UPSTREAM_ABORTED;
    exchange.finish();
    finished();
    if (!quiet) {
      writer.reset(ours ? INTERNAL_ERROR : CANCEL);
    }
  }

  @Override
  public void tunnel() {
    upload.tunnel();
  }

  @Override
  public void endTunnel() {
    writer.end(this);
    client.flushSoon();
  }

  @Override
  public void syncInput() {
    if (active && stream != null) {
      upload.sync();
    }
  }

  @Override
  public boolean reading() {
    return upload.isReading();
  }

  @Override
  public long sentBytes() {
    return writer.released();
  }

  @Override
  public long pendingBytes() {
    return writer.pending();
  }

  // ---------------------------------------------------------------- writes and ends

  /** DATA have passed the windows. */
  void released(int bytes) {
    writer.released(bytes);
  }

  /** Lets {@link #writable} be called once what is written was flushed. */
  void wake() {
    if (!wakes) {
      wakes = true;
      client.wake(this);
    }
  }

  /** The client takes more again, or no longer. */
  @Override
  public void writable() {
    wakes = false;
    if (active && !answered) {
      exchange.toClient.sync();
    }
  }

  /** The last bytes were not taken in the turn in which they were written. */
  void notFlushed() {
    if (active && writer.isEnding()) {
      exchange.draining();
    }
  }

  /** The last frame is with the kernel, or never will be. */
  @Override
  public void operationComplete(ChannelFuture written) {
    writer.sentEnd();
    if (active && exchange.state() == Exchange.State.TUNNEL) {
      exchange.toClient.tunnel().halfEnded();
    } else if (active && answered) {
      sent(written.isSuccess());
    }
    recycle();
  }

  private void sent(boolean whole) {
    if (!whole) {
      gone();
      return;
    }
    exchange.mark(Stage.DRAIN, loop.nanos());
    exchange.finish();
    finished();
    // Who has the whole answer need not send the rest of its question (RFC 9113, 8.1).
    if (!upload.isEnded()) {
      writer.reset(NO_ERROR);
    }
  }

  private void finished() {
    if (active) {
      active = false;
      loop.wheel.remove(timed);
      client.finished();
    }
  }

  private void recycle() {
    if (!active && stream == null && !writer.isEnding()) {
      client.recycle(this);
    }
  }

  private Http2Stream stream() {
    if (stream == null) {
      throw new IllegalStateException("the stream is closed");
    }
    return stream;
  }

  private final class Deadline extends Timed {
    @Override
    void expired(long now) {
      if (active) {
        exchange.expired(now);
      }
    }
  }
}
