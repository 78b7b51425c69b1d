package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.CANCEL;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;

import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.http2.RequestFields;
import dev.undercloud.edge.http2.ResponseText;
import dev.undercloud.edge.http2.TrailerLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One stream to a replica: a request and its response, their bodies at the same time, or a
 * WebSocket (RFC 8441). What HTTP/1 says by framing is said by the stream's end. Reused for one
 * stream after another of its connection. Its loop's thread only.
 */
final class UpstreamStream implements UpstreamSide, Http2Link.Part, ChannelFutureListener {
  /** As for HTTP/1. */
  private static final int MOST_INTERIM = ResponseReader.MOST_INTERIM;

  private static final int SWITCHING_PROTOCOLS = 101;

  private static final byte[] WEBSOCKET_KEY =
      "sec-websocket-key".getBytes(StandardCharsets.US_ASCII);

  private final Http2Upstream link;
  private final Loop loop;
  private final StreamWriter writer;

  /** Of the request. */
  private final BodyFraming body = new BodyFraming();

  private @Nullable Exchange exchange;
  private @Nullable Http2Stream stream;

  /** Of a WebSocket's request. */
  private String key = "";

  /** Bytes of the response that its head declares; -1 for none. */
  private long declared;

  private long payload;
  private int interims;

  /** Bytes of the windows that are not given back. */
  private int owed;

  /** Of the replica's RST_STREAM; below 0 where none came. */
  private long error;

  /** Waits for the connection. */
  private boolean waits;

  private boolean flushed;
  private boolean headSeen;

  /** A head without body whose stream has not ended: passed on when it does. */
  private byte @Nullable [] late;

  private boolean requestEnded;
  private boolean responseEnded;
  private boolean reading;
  private boolean tunnel;
  private boolean touched;

  /** {@link #writable} will be called. */
  private boolean wakes;

  UpstreamStream(Http2Upstream link) {
    this.link = link;
    loop = link.loop;
    writer = new StreamWriter(link);
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
    declared = -1;
    payload = 0;
    interims = owed = 0;
    error = -1;
    flushed = headSeen = requestEnded = responseEnded = tunnel = false;
    reading = true;
    late = null;
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
      key = new String(bytes, at, end - at, StandardCharsets.US_ASCII);
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

  /** Lets {@link #writable} be called once what is written was flushed. */
  void wake() {
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

  /** DATA have passed the windows. */
  void released(int bytes) {
    writer.released(bytes);
  }

  /** END_STREAM is with the kernel, or never will be. */
  @Override
  public void operationComplete(ChannelFuture written) {
    writer.sentEnd();
    Exchange current = exchange;
    if (tunnel && current != null) {
      current.toClient.tunnel().halfEnded();
    }
  }

  // ---------------------------------------------------------------- the response

  /** The loop's field list is a head of the response, or its trailers. */
  void head(boolean ended) {
    Exchange current = exchange;
    if (current == null || responseEnded) {
      return;
    }
    touch();
    if (late != null) {
      late(current, 0, ended);
      return;
    }
    if (headSeen) {
      trailers(current, ended);
      return;
    }
    current.toClient.firstByte(loop.nanos());
    int length = text(current);
    if (length < 0) {
      malformed(current, "its response is malformed, because " + heads().fault());
      return;
    }
    int parsed = loop.response.parse(loop.in, 0, length, current.toHead());
    if (parsed != length) {
      Reject reject = Reject.is(parsed) ? Reject.of(parsed) : Reject.STATUS_LINE;
      malformed(current, reject.words());
    } else if (loop.response.interim) {
      interim(current, ended);
    } else if (loop.response.body == ResponseHead.Body.NONE && !ended && !isSwitch()) {
      late = Arrays.copyOf(loop.in, length);
    } else {
      if (ended && current.request.grpc) {
        current.slot.error = TrailerLines.failure(loop.fields);
      }
      finalHead(current, ended);
    }
  }

  private boolean isSwitch() {
    return loop.response.status == SWITCHING_PROTOCOLS;
  }

  /** More came where nothing but the end may come; with that the head is passed on. */
  private void late(Exchange current, int bytes, boolean ended) {
    byte[] head = Objects.requireNonNull(late);
    if (bytes > 0) {
      malformed(current, "there is a body where none may be");
    } else if (ended) {
      late = null;
      System.arraycopy(head, 0, loop.in, 0, head.length);
      loop.response.parse(loop.in, 0, head.length, current.toHead());
      finalHead(current, true);
    }
  }

  private ResponseText heads() {
    return loop.replicaHeads.response;
  }

  /** Writes the head as HTTP/1.1 has it. A WebSocket begins with 2xx here, and with 101 there. */
  private int text(Exchange current) {
    int status = ResponseText.status(loop.fields);
    boolean switches = current.request.upgrade && status >= 200 && status < 300;
    return switches
        ? heads().writeSwitched(loop.fields, key, loop.in)
        : heads().write(loop.fields, loop.in);
  }

  private void interim(Exchange current, boolean ended) {
    if (ended) {
      malformed(current, "its response ended with an interim (1xx) one");
    } else if (++interims > MOST_INTERIM) {
      link.spoil();
      current.toClient.interimFlood();
    } else {
      current.toClient.interim();
    }
  }

  private void finalHead(Exchange current, boolean ended) {
    ResponseHead head = loop.response;
    headSeen = true;
    if (isSwitch()) {
      tunnel = true;
      current.toClient.upgraded(this, Unpooled.EMPTY_BUFFER);
      if (ended && exchange == current) {
        responseEnded = true;
        current.toClient.tunnel().downEnded();
      }
      return;
    }
    if (!head.ofStream(ended)) {
      malformed(current, "its response ended before the body that its Content-Length declares");
      return;
    }
    declared = head.body == ResponseHead.Body.NONE ? -1 : head.contentLength;
    responseEnded = ended;
    if (current.toClient.isTaken(ended)) {
      return;
    }
    current.toClient.prepareHead();
    current.toClient.head(Unpooled.EMPTY_BUFFER, 0);
    if (ended && exchange == current) {
      current.toClient.ended(loop.nanos());
    }
  }

  private void trailers(Exchange current, boolean ended) {
    TrailerLines trailers = loop.replicaHeads.trailers;
    String fault = ended ? trailers.read(loop.fields) : "fields came within the body";
    if (fault == null && tunnel) {
      fault = "a WebSocket has no trailers";
    }
    if (fault == null && payload < declared) {
      fault = "the body is shorter than its Content-Length declares";
    }
    if (fault != null) {
      badBody(current, fault);
      return;
    }
    if (current.request.grpc) {
      current.slot.error = TrailerLines.failure(loop.fields);
    }
    if (trailers.length() > 0) {
      current.down.trailers(trailers.lines(), trailers.length());
    }
    ended(current);
  }

  /** Takes a DATA frame; the bytes of it, {@code flow} in all, that the windows may have back. */
  int data(ByteBuf data, int flow, boolean ended) {
    Exchange current = exchange;
    if (current == null || responseEnded) {
      return flow;
    }
    touch();
    int bytes = data.readableBytes();
    if (late != null) {
      late(current, bytes, ended);
      return flow;
    }
    if (!headSeen) {
      malformed(current, "its response has no head");
      return flow;
    }
    payload += bytes;
    String fault = lengthFault(ended);
    if (fault != null) {
      badBody(current, fault);
      return flow;
    }
    if (bytes > 0) {
      pass(current, data);
    }
    if (ended && exchange == current) {
      ended(current);
    }
    if (reading || stream == null || exchange == null) {
      return flow;
    }
    owed += flow;
    return 0;
  }

  private @Nullable String lengthFault(boolean ended) {
    boolean wrong = declared >= 0 && (payload > declared || ended && payload < declared);
    return wrong ? "the body is not as long as its Content-Length declares" : null;
  }

  private void pass(Exchange current, ByteBuf data) {
    ByteBuf piece = loop.keep(data.retain());
    if (tunnel) {
      current.toClient.tunnel().down(piece);
    } else {
      current.toClient.received(payload);
      current.toClient.body(piece);
    }
  }

  private void ended(Exchange current) {
    responseEnded = true;
    if (tunnel) {
      current.toClient.tunnel().downEnded();
    } else {
      current.toClient.ended(loop.nanos());
    }
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
    if (current != null && headSeen) {
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
    boolean open = headSeen && declared < 0;
    return open && current != null && !current.request.grpc;
  }

  @Override
  public boolean isChunked() {
    return false;
  }

  @Override
  public void startTunnel() {
    tunnel = true;
  }

  @Override
  public void endTunnel() {
    if (!requestEnded) {
      end();
    }
  }

  // ---------------------------------------------------------------- faults and ends

  /** The response's head makes no sense: nothing more begins on this connection. */
  private void malformed(Exchange current, String words) {
    link.spoil();
    current.toClient.badResponse(words);
  }

  private void badBody(Exchange current, String words) {
    link.spoil();
    if (tunnel) {
      current.tunnelClosed();
    } else {
      current.toClient.badBody(words);
    }
  }

  /** Netty found a fault of the stream's, and resets it. */
  void broken(String words) {
    Exchange current = exchange;
    if (current == null) {
      return;
    }
    if (tunnel) {
      current.tunnelClosed();
    } else if (headSeen) {
      current.toClient.badBody(words);
    } else {
      current.toClient.badResponse(words);
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
    } else if (stream != null && !(requestEnded && responseEnded)) {
      // Who has the whole answer need not have the rest of the question (RFC 9113, 8.1).
      writer.reset(responseEnded ? NO_ERROR : CANCEL);
    } else {
      setReading(true);
    }
  }

  /** Netty has forgotten the stream. */
  void closed(Http2Stream was) {
    Exchange current = exchange;
    String how = how();
    boolean unseen = error == Http2Error.REFUSED_STREAM.code() || isBeyondGoAway(was.id());
    boolean gone = current != null && !responseEnded;
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
    if (tunnel) {
      current.tunnelClosed();
    } else if (headSeen) {
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
