package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an HTTP/2 client: a request and its response, or a WebSocket (RFC 8441). What the
 * client sends is taken by its {@link StreamIntake} and {@link StreamUpload}. Reused for one stream
 * after another of its connection. Its loop's thread only.
 */
final class ClientStream implements Downstream, Http2Link.Part, ChannelFutureListener {
  private static final int OK = 200;
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int CONTINUE = 100;

  private final Http2Client client;
  private final Loop loop;
  private final Exchange exchange;
  private final Timed timed = new Deadline();
  private final StreamUpload upload;
  private final StreamIntake intake;
  private final StreamWriter writer;
  private @Nullable Http2Stream stream;

  /** The exchange has begun and not ended. */
  private boolean active;

  /** Everything there is to send was written, or will not be. */
  private boolean answered;

  /** The stream is reset by whoever found its fault: nothing is to be written. */
  private boolean quiet;

  private boolean touched;

  /** {@link #writable} will be called. */
  private boolean wakes;

  ClientStream(Http2Client client) {
    this.client = client;
    loop = client.loop;
    exchange = new Exchange(loop, this, timed);
    upload = new StreamUpload(client, exchange);
    intake = new StreamIntake(client, this, exchange, upload);
    writer = new StreamWriter(client);
  }

  // ---------------------------------------------------------------- frames from the client

  /** The loop's field list is the head of a request. */
  void head(Http2Stream stream, boolean ended) throws Http2Exception {
    intake.head(stream, ended, begin(stream));
  }

  private long begin(Http2Stream stream) {
    this.stream = stream;
    long now = loop.nanos();
    active = true;
    answered = quiet = false;
    intake.begin();
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

  /** Answers a stream whose fields nobody has read. */
  void refuse(Http2Stream stream, int status, String why) {
    begin(stream);
    upload.begin(stream, 0, false, false, true);
    intake.refuse(status, why);
  }

  @Override
  public void routeAgain(byte[] head) {
    intake.routeAgain(head);
  }

  /** Lets {@link #readComplete} be called once all that was read is dealt with. */
  void touch() {
    if (!touched) {
      touched = true;
      client.touch(this);
    }
  }

  @Override
  public int data(ByteBuf data, int flow, boolean ended) throws Http2Exception {
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
      throw StreamIntake.malformed(stream(), fault);
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
      throw StreamIntake.malformed(stream(), fault);
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

  /** What the stream still held back is dropped. */
  @Override
  public void closed(Http2Stream was) {
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
    if (intake.takeExpectation()) {
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
        ErrorPage.response(
            answer, intake.format(), Hex.of(exchange.slot.id), true, exchange.request.toHead);
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

  @Override
  public void released(int bytes) {
    writer.released(bytes);
  }

  @Override
  public void wake() {
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
