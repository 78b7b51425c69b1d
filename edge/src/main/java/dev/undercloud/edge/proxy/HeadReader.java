package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.RequestRewriter;
import io.netty.buffer.ByteBuf;

/** Request heads of one connection, from its bytes to the bytes a replica gets. */
final class HeadReader {
  /** Heads fit in here nearly always: a body behind one is not copied just to look at the head. */
  private static final int FIRST_LOOK = 4096;

  /** A body that came whole with its head travels in the head's buffer, and can be sent again. */
  private static final int SMALL_BODY = 16 << 10;

  private final Loop loop;

  /** Bytes in which no line end was found. */
  private int searched;

  HeadReader(Loop loop) {
    this.loop = loop;
  }

  /** A new head begins. */
  void begin() {
    searched = 0;
  }

  /**
   * As {@link RequestHead#parse}, which starts over each time: so only at first, since the first
   * bytes tell TLS from HTTP, and for another line.
   */
  int read(ByteBuf in) {
    int readable = in.readableBytes();
    boolean worth = searched == 0 || readable >= loop.in.length || hasLine(in);
    int length = worth ? parse(in, Math.min(readable, loop.in.length)) : RequestHead.MORE;
    searched = readable;
    return length;
  }

  private boolean hasLine(ByteBuf in) {
    return in.indexOf(in.readerIndex() + searched, in.writerIndex(), (byte) '\n') >= 0;
  }

  private int parse(ByteBuf in, int readable) {
    int look = Math.min(readable, FIRST_LOOK);
    in.getBytes(in.readerIndex(), loop.in, 0, look);
    int length = loop.request.parse(loop.in, 0, look);
    if (length == RequestHead.MORE && look < readable) {
      in.getBytes(in.readerIndex(), loop.in, 0, readable);
      length = loop.request.parse(loop.in, 0, readable);
    }
    return length;
  }

  /**
   * The loop's request head as the replica gets it, with its body where that is small and in {@code
   * in}: then {@code body} is done afterwards.
   */
  ByteBuf rewrite(ByteBuf in, BodyFraming body, ExchangeSlot slot, ClientSide side) {
    int length =
        RequestRewriter.write(
            loop.request,
            loop.in,
            side,
            slot.id,
            slot.traceHigh,
            slot.traceLow,
            slot.sampled,
            loop.requestEdits,
            loop.out);
    long left = body.remaining();
    boolean small = left > 0 && left <= SMALL_BODY && left <= in.readableBytes();
    int behind = small && !loop.request.expectContinue ? (int) left : 0;
    ByteBuf out = loop.requests.take(length + behind);
    out.writeBytes(loop.out, 0, length);
    if (behind > 0) {
      body.take(in, in.readerIndex(), in.readerIndex() + behind);
      out.writeBytes(in, behind);
      slot.requestBytes = behind;
    }
    return out;
  }
}
