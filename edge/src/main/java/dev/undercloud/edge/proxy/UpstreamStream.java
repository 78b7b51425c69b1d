package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;

import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http2.RequestFields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One stream to a replica: a request and its response, their bodies at the same time, or a
 * WebSocket (RFC 8441). What HTTP/1 says by framing is said by the stream's end. What the replica
 * answers is read by its {@link StreamDownload}. Reused for one stream after another of its
 * connection. Its loop's thread only.
 */
final class UpstreamStream implements UpstreamSide, Http2Link.Part, ChannelFutureListener {
  private static final byte[] WEBSOCKET_KEY =
      "sec-websocket-key".getBytes(StandardCharsets.US_ASCII);

  private final Http2Upstream link;
  private final Loop loop;
  private final StreamWriter writer;
  private final StreamDownload response;

  /** Of the request. */
  private final BodyFraming body = new BodyFraming();

  private @Nullable Exchange exchange;
  private @Nullable Http2Stream stream;

  /** Bytes of the windows that are not given back. */
  private int owed;

  /** Of the replica's RST_STREAM; below 0 where none came. */
  private long error;

  /** Waits for the connection. */
  private boolean waits;

  private boolean flushed;
  private boolean requestEnded;
  private boolean reading;
  private boolean touched;

  /** {@link #writable} will be called. */
  private boolean wakes;

  UpstreamStream(Http2Upstream link) {
    this.link = link;
    loop = link.loop;
    writer = new StreamWriter(link);
    response = new StreamDownload(this, link);
  }

  /** {@link #send} follows when the replica has spoken, unless the exchange gives up. */
  void await(Exchange exchange) {
    this.exchange = exchange;
    waits = true;
  }

  /** The exchange that waits for the replica to speak. */
  Exchange waits() {
    return Objects.requireNonNull(exchange);
  }

  /** Waits for nothing. */
  void forget() {
    exchange = null;
    waits = false;
  }

  // ---------------------------------------------------------------- the request

  @Override
  public void send(Exchange exchange, ByteBuf head) {
    begin(exchange);
    byte[] bytes = loop.out;
    int readable = Math.min(head.readableBytes(), bytes.length);
    head.getBytes(head.readerIndex(), bytes, 0, readable);
    RequestFields fields = loop.replicaHeads.request;
    int length = fields.read(bytes, readable, exchange.request.takesTrailers);
    RequestHead asked = fields.head;
    ByteBuf behind = head.slice(head.readerIndex() + length, head.readableBytes() - length);
    frame(asked, bytes);
    boolean able = !asked.upgrade || asked.webSocket && link.takesWebSockets();
    int id = able ? link.nextId() : 0;
    if (id <= 0) {
      head.release();
      // Whoever sends does not expect an answer before it is done with sending.
      loop.execute(() -> unable(exchange, able));
      return;
    }
    open(id, fields);
    if (behind.isReadable()) {
      write(behind.retain());
    }
    head.release();
  }

  private void begin(Exchange exchange) {
    this.exchange = exchange;
    waits = false;
    owed = 0;
    error = -1;
    flushed = requestEnded = false;
    reading = true;
    response.begin();
  }

  private void frame(RequestHead asked, byte[] bytes) {
    if (asked.chunked) {
      body.chunked();
      body.keepTrailers();
    } else if (asked.upgrade) {
      body.untilClose();
      int f = asked.field(bytes, WEBSOCKET_KEY, -1);
      int at = f < 0 ? 0 : asked.valueAt(f);
      int end = f < 0 ? 0 : asked.valueEnd(f);
      response.answersTo(new String(bytes, at, end - at, StandardCharsets.US_ASCII));
    } else {
      body.length(Math.max(0, asked.contentLength));
    }
  }

  private void open(int id, RequestFields fields) {
    requestEnded = body.done();
    try {
      Http2Stream opened = link.streams().local().createStream(id, requestEnded);
      opened.setProperty(link.codec.key, this);
      stream = opened;
      writer.begin(opened);
    } catch (Http2Exception impossible) {
      throw new IllegalStateException(impossible);
    }
    writer.open(fields, requestEnded ? this : null);
    link.opens(this);
  }

  private void unable(Exchange current, boolean able) {
    if (exchange != current || stream != null) {
      return;
    }
    exchange = null;
    link.drop(this);
    if (able) {
      current.toReplica.untouched("has had as many requests as one connection can have");
    } else {
      String upgrade = "the app takes no such upgrade of HTTP/2 (RFC 8441)";
      current.toReplica.unable(Answer.refused(501, "The protocol cannot be changed: " + upgrade));
    }
  }

  @Override
  public void write(ByteBuf piece) {
    if (stream == null || requestEnded) {
      piece.release();
      return;
    }
    int from = piece.readerIndex();
    int to = piece.writerIndex();
    if (body.isChunked()) {
      ByteBuf data = loop.alloc().directBuffer(Math.max(1, to - from));
      int taken = body.take(piece, from, to, data);
      piece.release();
      if (Reject.is(taken)) {
        data.release();
        throw new IllegalStateException("a body of our own makes no sense: " + Reject.of(taken));
      }
      writer.body(data);
    } else {
      body.take(piece, from, to);
      writer.body(piece);
    }
    if (body.done()) {
      end();
    }
  }

  private void end() {
    requestEnded = true;
    if (body.trailerBytes() > 0) {
      writer.trailers(loop.responseFields.trailers(body.trailers(), body.trailerBytes()));
    }
    writer.end(this);
    link.flushSoon();
  }

  @Override
  public void flush() {
    writer.pass();
    link.flushSoon();
  }

  @Override
  public boolean isWritable() {
    if (link.isModest()) {
      return writer.isWritable();
    }
    wake();
    return false;
  }

  /** The HEADERS are with the kernel, as far as anybody knows. */
  void flushed() {
    flushed = true;
  }

  @Override
  public void wake() {
    if (!wakes) {
      wakes = true;
      link.wake(this);
    }
  }

  @Override
  public void writable() {
    wakes = false;
    Exchange current = exchange;
    if (current != null && stream != null) {
      current.down.syncInput();
    }
  }

  @Override
  public void released(int bytes) {
    writer.released(bytes);
  }

  /** END_STREAM is with the kernel, or never will be. */
  @Override
  public void operationComplete(ChannelFuture written) {
    writer.sentEnd();
    Exchange current = exchange;
    if (response.isTunnel() && current != null) {
      current.toClient.tunnel().halfEnded();
    }
  }

  // ---------------------------------------------------------------- the response

  /** The loop's field list is a head of the response, or its trailers. */
  void head(boolean ended) {
    Exchange current = exchange;
    if (current == null || response.isEnded()) {
      return;
    }
    touch();
    response.head(current, ended);
  }

  @Override
  public int data(ByteBuf data, int flow, boolean ended) {
    Exchange current = exchange;
    if (current == null || response.isEnded()) {
      return flow;
    }
    touch();
    boolean passed = response.data(current, data, ended);
    if (!passed || reading || stream == null || exchange == null) {
      return flow;
    }
    owed += flow;
    return 0;
  }

  /** Whether what the replica sends is still this exchange's. */
  boolean serves(Exchange current) {
    return exchange == current;
  }

  private void touch() {
    if (!touched) {
      touched = true;
      link.touch(this);
    }
  }

  @Override
  public void readComplete() {
    touched = false;
    Exchange current = exchange;
    if (current != null && response.isHeadSeen()) {
      current.toClient.flush();
      current.toClient.readOn();
    }
  }

  @Override
  public void setReading(boolean reading) {
    this.reading = reading;
    if (reading && owed > 0) {
      int back = owed;
      owed = 0;
      if (stream != null) {
        link.giveBack(stream, back);
      }
    }
  }

  @Override
  public boolean mayEndHere() {
    Exchange current = exchange;
    return response.isOpen() && current != null && !current.request.grpc;
  }

  @Override
  public boolean isChunked() {
    return false;
  }

  @Override
  public void startTunnel() {
    response.startTunnel();
  }

  @Override
  public void endTunnel() {
    if (!requestEnded) {
      end();
    }
  }

  // ---------------------------------------------------------------- faults and ends

  /** Netty found a fault of the stream's, and resets it. */
  void broken(String words) {
    Exchange current = exchange;
    if (current != null) {
      response.broken(current, words);
    }
  }

  /** The replica resets the stream; {@link #closed} follows. */
  void reset(long error) {
    this.error = error;
  }

  @Override
  public void release(boolean whole) {
    if (waits) {
      forget();
      link.forget(this);
      return;
    }
    boolean unopened = exchange != null && stream == null;
    exchange = null;
    if (unopened) {
      link.drop(this);
    } else if (stream != null && !(requestEnded && response.isEnded())) {
      // Who has the whole answer need not have the rest of the question (RFC 9113, 8.1).
      writer.reset(response.isEnded() ? NO_ERROR : CANCEL);
    } else {
      setReading(true);
    }
  }

  @Override
  public void closed(Http2Stream was) {
    Exchange current = exchange;
    String how = how();
    boolean unseen = error == Http2Error.REFUSED_STREAM.code() || isBeyondGoAway(was.id());
    boolean gone = current != null && !response.isEnded();
    writer.close();
    stream = null;
    exchange = null;
    if (gone && current != null) {
      lost(current, how, unseen);
    }
    link.drop(this);
  }

  private boolean isBeyondGoAway(int id) {
    Http2Connection streams = link.streams();
    return streams.goAwayReceived() && id > streams.local().lastStreamKnownByPeer();
  }

  private String how() {
    if (error < 0) {
      return link.fault();
    }
    Http2Error known = Http2Error.valueOf(error);
    return "reset the stream (" + (known == null ? "0x" + Long.toHexString(error) : known) + ")";
  }

  private void lost(Exchange current, String how, boolean unseen) {
    if (response.isTunnel()) {
      current.tunnelClosed();
    } else if (response.isHeadSeen()) {
      current.toClient.truncated(how);
    } else if (unseen) {
      boolean busy = error >= 0;
      String words = busy ? "refused the stream" : "went away before it looked at the request";
      current.toReplica.unseen(words, busy);
    } else if (!flushed) {
      current.toReplica.untouched(how);
    } else {
      current.toClient.upstreamLost(how);
    }
  }
}
