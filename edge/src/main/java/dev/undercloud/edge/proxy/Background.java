package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.RequestRewriter;
import io.netty.buffer.ByteBuf;

/**
 * An exchange without a client: renews what is stored while a stale response was sent (RFC 5861,
 * 3). Its loop's thread only.
 */
final class Background extends Nobody {
  private final Loop loop;
  private final Timed timed = new Deadline();
  private final Exchange exchange;
  private final boolean secure;
  private boolean over;

  private Background(Loop loop, boolean secure) {
    this.loop = loop;
    this.secure = secure;
    exchange = new Exchange(loop, this, timed);
  }

  /** Sends the request that the loop has parsed, with its request edits, once more. */
  static void start(Loop loop, App app, ClientSide client, CacheTurn turn, long stamp, long now) {
    Background own = new Background(loop, client.secure);
    Exchange exchange = own.exchange;
    exchange.begin(now);
    exchange.open(now);
    Slots.fill(exchange.slot, loop.request, loop.in, loop.entropy);
    exchange.slot.client = "cache";
    Request request = exchange.request;
    request.idempotent = request.whole = true;
    request.toHead = request.upgrade = false;
    int length =
        RequestRewriter.write(
            loop.request,
            loop.in,
            client,
            exchange.slot.id,
            exchange.slot.traceHigh,
            exchange.slot.traceLow,
            exchange.slot.sampled,
            loop.requestEdits,
            loop.out);
    ByteBuf head = loop.alloc().directBuffer(length).writeBytes(loop.out, 0, length);
    exchange.cache(turn, stamp);
    exchange.start(app, head, now);
  }

  @Override
  public boolean isSecure() {
    return secure;
  }

  @Override
  void finish() {
    if (!over) {
      over = true;
      loop.wheel.remove(timed);
      exchange.mark(Stage.DRAIN, loop.nanos());
      exchange.finish();
    }
  }

  @Override
  public void routeAgain(byte[] head) {
    throw new IllegalStateException("it was routed by whoever it is for");
  }

  private final class Deadline extends Timed {
    @Override
    void expired(long now) {
      if (!over) {
        exchange.expired(now);
      }
    }
  }
}
