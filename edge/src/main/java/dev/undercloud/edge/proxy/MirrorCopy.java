package dev.undercloud.edge.proxy;

import io.netty.buffer.ByteBuf;

/**
 * A copy of a request for another app, whose response nobody gets. It is collected while the
 * request comes, sent when that is whole, and given up wherever it would cost more than its own
 * time. Its loop's thread only.
 */
final class MirrorCopy extends Nobody {
  /** A larger request is not copied: its bytes would be held twice. */
  private static final int MOST_BYTES = 64 << 10;

  /** Copies on their way at once, of one loop; more are not sent. */
  private static final int MOST_AT_ONCE = 256;

  private final Loop loop;
  private final App to;
  private final Exchange exchange;
  private final Timed timed = new Deadline();
  private final ByteBuf bytes;
  private boolean sent;

  private MirrorCopy(Loop loop, App to, Exchange of, ByteBuf bytes, long now) {
    this.loop = loop;
    this.to = to;
    this.bytes = bytes;
    exchange = new Exchange(loop, this, timed);
    exchange.begin(now);
    Slots.again(of.slot, exchange.slot);
    exchange.request.idempotent = of.request.idempotent;
    exchange.request.toHead = of.request.toHead;
    exchange.request.whole = true;
    exchange.request.copy = true;
    exchange.request.copiedKey = to.selector.key(loop, exchange.slot.client);
    exchange.request.copiedToken = to.selector.token(loop);
  }

  /**
   * Begins a copy of a request that goes to its app now, whose head the loop has parsed last. It
   * says what the app is told, the request id included.
   *
   * @param rewritten what the app gets, its body behind its head as far as that is there
   */
  static void begin(Loop loop, App to, Exchange of, ByteBuf rewritten, long now) {
    if (loop.mirrors == MOST_AT_ONCE || of.request.upgrade) {
      return;
    }
    loop.mirrors++;
    int length = rewritten.readableBytes();
    ByteBuf copy = loop.alloc().directBuffer(length);
    copy.writeBytes(rewritten, rewritten.readerIndex(), length);
    MirrorCopy mirror = new MirrorCopy(loop, to, of, copy, now);
    if (of.request.whole) {
      mirror.send();
    } else {
      of.request.mirror = mirror;
    }
  }

  /** More of the body passes to the app. */
  boolean add(ByteBuf piece) {
    if (bytes.readableBytes() + piece.readableBytes() > MOST_BYTES) {
      drop();
      return false;
    }
    bytes.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
    return true;
  }

  /** The request is whole. */
  void send() {
    sent = true;
    long now = loop.nanos();
    exchange.open(now);
    exchange.start(to, bytes, now);
  }

  /** The request will not become whole. */
  void drop() {
    if (!sent) {
      bytes.release();
      loop.mirrors--;
    }
  }

  @Override
  void finish() {
    exchange.finish();
    loop.wheel.remove(timed);
    loop.mirrors--;
  }

  /** Nobody is at the other end. */
  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public void routeAgain(byte[] head) {
    // It was routed when it was copied.
  }

  private final class Deadline extends Timed {
    @Override
    void expired(long now) {
      exchange.expired(now);
    }
  }
}
