package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.ChunkEncoder;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http2.FieldList;
import dev.undercloud.edge.http2.Http2Limits;
import dev.undercloud.edge.http2.TrailerText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on one stream, on its way to the replica; for a WebSocket what the client
 * says. Windows are given back as the replica takes bytes, so that they bound what waits here.
 * Reused. Its loop's thread only.
 */
final class StreamUpload {
  /** A body that came whole with its head travels in the head's buffer, and can be sent again. */
  private static final int SMALL_BODY = 16 << 10;

  /** A stream that has moved so much is worth a larger window. */
  private static final int MOVED = 128 << 10;

  private final Http2Client client;
  private final Loop loop;
  private final Exchange exchange;
  private @Nullable Http2Stream stream;
  private @Nullable ByteBuf held;

  /** A head that waits for its small body until everything at hand was read. */
  private @Nullable ByteBuf head;

  private @Nullable App app;

  /** Ends the body, trailers included. */
  private @Nullable ByteBuf lastChunk;

  private long declared;
  private long payload;

  /** Bytes of the windows that are not given back. */
  private int owed;

  private boolean chunked;
  private boolean webSocket;
  private boolean tunnel;
  private boolean ended;
  private boolean endPassed;
  private boolean grown;

  StreamUpload(Http2Client client, Exchange exchange) {
    this.client = client;
    this.exchange = exchange;
    loop = client.loop;
  }

  /**
   * A request begins.
   *
   * @param declared the length of its body; -1 where none is declared
   */
  void begin(Http2Stream stream, long declared, boolean chunked, boolean webSocket, boolean ended) {
    this.stream = stream;
    this.declared = declared;
    this.chunked = chunked;
    this.webSocket = webSocket;
    this.ended = ended;
    endPassed = ended || declared == 0;
    tunnel = grown = false;
    payload = 0;
    owed = 0;
  }

  /** Body bytes so far. */
  long payload() {
    return payload;
  }

  /** Whether the head waits for a small body; takes its reference then. */
  boolean waitsForSmall(App app, ByteBuf head) {
    if (declared <= 0 || declared > SMALL_BODY) {
      return false;
    }
    this.app = app;
    this.head = head;
    return true;
  }

  /** Sends a head that has waited, with its body if that is there. */
  void start() {
    ByteBuf waited = head;
    App to = app;
    if (waited == null || to == null) {
      return;
    }
    head = null;
    app = null;
    if (ended && held != null) {
      waited.writeBytes(held);
      dropHeld();
      exchange.slot.requestBytes = payload;
      exchange.request.whole = true;
      endPassed = true;
    }
    exchange.start(to, waited, loop.nanos());
    sync();
  }

  /** Takes DATA; null or what is wrong with them. */
  @Nullable String take(ByteBuf data, boolean last) {
    payload += data.readableBytes();
    String fault = lengthFault(last);
    if (fault != null) {
      return fault;
    }
    ended = last;
    if (!mayPass()) {
      hold(data);
    } else if (data.isReadable()) {
      pass(data);
    }
    passEnd();
    return null;
  }

  private @Nullable String lengthFault(boolean last) {
    boolean wrong = declared >= 0 && (payload > declared || last && payload < declared);
    return wrong ? "The body is not as long as its Content-Length declares" : null;
  }

  /** Takes the trailer section, which ends the body; null or what is wrong. */
  @Nullable String end(FieldList fields) {
    String fault = webSocket ? "A WebSocket has no trailers" : lengthFault(true);
    if (fault != null) {
      return fault;
    }
    ByteBuf last = loop.alloc().directBuffer(256);
    fault = TrailerText.write(fields, last);
    if (fault == null) {
      BodyFraming strict = new BodyFraming();
      strict.chunked();
      int taken = strict.take(last, last.readerIndex(), last.writerIndex());
      fault = Reject.is(taken) ? Http1Intake.sentence(Reject.of(taken).words()) : null;
    }
    if (fault != null || !chunked) {
      // A body of declared length has no place for trailers in HTTP/1.1.
      last.release();
    } else {
      lastChunk = last;
    }
    ended = true;
    passEnd();
    return fault;
  }

  /** Of {@code flow} bytes that were just taken: how many the windows may have back now. */
  int returned(int flow) {
    if (owed == 0 && held == null && exchange.toReplica.wantsBody()) {
      grow();
      return flow;
    }
    owed += flow;
    return 0;
  }

  /** The protocol has changed: what the client sends is passed as it is. */
  void tunnel() {
    tunnel = true;
    sync();
  }

  /** Passes what was held, and gives windows back, as far as the replica takes more. */
  void sync() {
    ByteBuf waited = held;
    if (waited != null && head == null && takes()) {
      held = null;
      pass(waited);
      waited.release();
    }
    passEnd();
    exchange.toReplica.flush();
    if (owed > 0 && held == null && exchange.toReplica.wantsBody()) {
      int back = owed;
      owed = 0;
      client.giveBack(stream, back);
      grow();
    }
  }

  /** Bytes really move: more of them may be on their way. */
  private void grow() {
    if (!grown && payload > MOVED && stream != null) {
      grown = true;
      client.grow(stream, Http2Limits.STREAM_WINDOW);
    }
  }

  private boolean mayPass() {
    return head == null && held == null && takes();
  }

  private boolean takes() {
    return webSocket ? tunnel : exchange.toReplica.takesBody();
  }

  private void hold(ByteBuf data) {
    if (data.isReadable()) {
      ByteBuf to = held;
      if (to == null) {
        held = to = loop.alloc().directBuffer(Math.max(256, data.readableBytes()));
      }
      to.writeBytes(data);
    }
  }

  /** Passes a copy: the bytes are those of the loop's receive buffer. */
  private void pass(ByteBuf data) {
    int bytes = data.readableBytes();
    ByteBuf piece = loop.alloc().directBuffer(bytes + ChunkEncoder.BEGIN_BYTES + 2);
    if (chunked) {
      ChunkEncoder.begin(bytes, piece);
      piece.writeBytes(data);
      ChunkEncoder.end(piece);
    } else {
      piece.writeBytes(data);
    }
    if (webSocket) {
      exchange.toClient.tunnel().up(piece);
    } else {
      exchange.toReplica.body(piece, payload);
    }
  }

  private void passEnd() {
    if (!ended || endPassed || !mayPass()) {
      return;
    }
    endPassed = true;
    if (webSocket) {
      exchange.toReplica.flush();
      exchange.toClient.tunnel().upEnded();
      return;
    }
    if (chunked) {
      ByteBuf last = lastChunk;
      lastChunk = null;
      if (last == null) {
        last = loop.alloc().directBuffer(8);
        ChunkEncoder.last(last);
      }
      exchange.toReplica.body(last, payload);
    }
    exchange.toReplica.ended();
  }

  /**
   * Takes no more.
   *
   * @param ended whether the client has ended its side by itself
   */
  void stop(boolean ended) {
    this.ended = ended;
    endPassed = true;
  }

  /** Whether bytes of the client are taken, or held back because the replica is slow. */
  boolean isReading() {
    return owed == 0;
  }

  /** Whether the client has ended its side. */
  boolean isEnded() {
    return ended;
  }

  void close() {
    stream = null;
    dropHeld();
    if (head != null) {
      head.release();
      head = null;
      app = null;
    }
    if (lastChunk != null) {
      lastChunk.release();
      lastChunk = null;
    }
  }

  private void dropHeld() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  /** For the writer of heads: the body is never at hand when the head is written. */
  static ByteBuf nothing() {
    return Unpooled.EMPTY_BUFFER;
  }
}
