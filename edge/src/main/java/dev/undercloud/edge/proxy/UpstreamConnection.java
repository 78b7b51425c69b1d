package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.BodyFraming;
import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.net.Descriptor;
import dev.undercloud.edge.net.Outgoing;
import dev.undercloud.edge.net.ReceiveBuffer;
import dev.undercloud.edge.net.Receiver;
import dev.undercloud.edge.net.Sends;
import dev.undercloud.edge.net.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a replica: serves one exchange after another, idles in its {@link ReplicaPool}
 * between them. Its loop's thread only.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter
    implements UpstreamSide, Flushable, Receiver {
  /** Where less is to come of a body, moving it past us is not worth the trouble. */
  private static final int LONG_BODY = 64 << 10;

  private final Loop loop;
  private final ReplicaPool pool;
  private final ResponseReader heads;
  private final BodyFraming body = new BodyFraming();
  private @Nullable Exchange exchange;
  private @Nullable Channel channel;
  private @Nullable Descriptor socket;
  private @Nullable Outgoing outgoing;
  private int reads;
  private boolean inHead;
  private boolean tunnel;
  private boolean reusable;
  private boolean inputBroken;
  private boolean outputBroken;
  private boolean gone;
  private boolean written;

  /** Waits for {@link #flushNow}. */
  private boolean waits;

  /** The head of a request has not been flushed. */
  private boolean sending;

  /** When the bytes at hand were read: one look at the clock for all that they lead to. */
  private long readAt;

  /** In the pool's list, {@link #idleSince} a moment. */
  boolean idle;

  long idleSince;
  @Nullable UpstreamConnection newer;
  @Nullable UpstreamConnection older;

  UpstreamConnection(Loop loop, ReplicaPool pool, Exchange exchange) {
    this.loop = loop;
    this.pool = pool;
    this.exchange = exchange;
    heads = new ResponseReader(loop);
  }

  void dial(Bootstrap dialer, SocketAddress address) {
    ChannelFuture dialing = Transport.dial(dialer, address, this);
    channel = dialing.channel();
    socket = Descriptor.of(dialing.channel());
    outgoing = new Outgoing(dialing.channel(), socket);
    dialing.addListener(this::dialed);
  }

  private void dialed(Future<? super Void> dialing) {
    Exchange waits = exchange;
    Throwable cause = dialing.cause();
    if (cause != null) {
      exchange = null;
      leave();
      if (waits != null) {
        waits.toReplica.dialFailed(cause);
      }
    } else if (waits != null) {
      waits.toReplica.connected(this, false, loop.nanos());
    } else {
      pool.give(this, loop.nanos());
    }
  }

  /** Sends a request head, with whatever of the body is behind it, as one buffer. */
  @Override
  public void send(Exchange exchange, ByteBuf head) {
    this.exchange = exchange;
    inHead = true;
    heads.begin();
    sending = true;
    outgoing().write(head);
    if (!waits) {
      waits = true;
      loop.flushes.ofReplica(this);
    }
  }

  /** Passes body bytes or a tunnel's, and their reference; {@link #flush} sends them. */
  @Override
  public void write(ByteBuf piece) {
    if (outputBroken || gone) {
      piece.release();
      return;
    }
    outgoing().write(piece);
    written = true;
  }

  @Override
  public void flush() {
    if (written) {
      flushNow();
    }
  }

  @Override
  public void offer(Sends together) {
    outgoing().offer(together);
  }

  @Override
  public void flushNow() {
    waits = written = false;
    outgoing().flush();
    Exchange current = exchange;
    if (sending && outputBroken && current != null) {
      sending = false;
      current.toReplica.notSent();
    }
    sending = false;
  }

  /** Whether the body that is on its way could end where it is; not where its length is known. */
  @Override
  public boolean mayEndHere() {
    return !inHead && body.mayEnd();
  }

  /** Whether that body is framed in chunks. */
  @Override
  public boolean isChunked() {
    return body.isChunked();
  }

  @Override
  public boolean isWritable() {
    return outputBroken || channel().isWritable();
  }

  /** Stops and starts reading with what the client can take. */
  @Override
  public void setReading(boolean reading) {
    if (!gone) {
      Channels.setReading(channel(), reading);
    }
  }

  /** The exchange needs no more of it: back to the pool if it can serve another. */
  @Override
  public void release(boolean whole) {
    exchange = null;
    if (!whole || !reusable || inputBroken || outputBroken || gone || tunnel || heads.holds()) {
      close();
      return;
    }
    setReading(true);
    pool.give(this, readAt);
    loop.roomIn(pool);
  }

  void close() {
    exchange = null;
    if (channel != null) {
      channel.close();
    }
  }

  /**
   * Bytes are only passed from now on, and each direction ends by itself; but for Unix sockets of
   * the NIO transport, which end both when the replica ends one.
   */
  @Override
  public void startTunnel() {
    tunnel = true;
    channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  /** The tunnel's client has nothing more to send: ends this direction once all is delivered. */
  @Override
  public void endTunnel() {
    Channel to = channel();
    outgoing().flush();
    Exchange current = exchange;
    Channels.whenDrained(
        to,
        drained -> {
          Channels.shutdownOutput(to);
          if (current != null && exchange == current) {
            current.toClient.tunnel().halfEnded();
          }
        });
  }

  Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not dialed");
    }
    return channel;
  }

  private Outgoing outgoing() {
    if (outgoing == null) {
      throw new IllegalStateException("not dialed");
    }
    return outgoing;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    received((ByteBuf) message);
  }

  @Override
  public void received(ByteBuf in) {
    Exchange current = exchange;
    readAt = loop.nanos();
    if (++reads >= Loop.READS_A_TURN) {
      setReading(false);
    }
    boolean more = in.readableBytes() == ReceiveBuffer.BYTES;
    if (current == null) {
      // Nobody asked: whatever this is, the next response would be taken for something else.
      in.release();
      close();
      return;
    }
    if (sending) {
      // Said before it was asked: the answer to something else. The request has not left yet.
      in.release();
      sending = false;
      current.toReplica.notSent();
      return;
    }
    if (tunnel) {
      current.toClient.tunnel().down(loop.keep(in));
      return;
    }
    ByteBuf all = heads.behindHeld(in);
    try {
      if (!inHead || head(current, all)) {
        body(current, all);
      }
    } finally {
      all.release();
    }
    if (more && exchange == current && !inHead && !tunnel) {
      move(current);
    }
  }

  /** A long body is on its way: what has come of it since needs no look. */
  private void move(Exchange current) {
    Descriptor from = socket;
    long unseen = body.unseen();
    if (from == null || unseen < LONG_BODY || !current.toClient.isVerbatim()) {
      return;
    }
    long most = Math.min(unseen, (long) Loop.READS_A_TURN * ReceiveBuffer.BYTES);
    long moved = current.down.moveFrom(from, most);
    if (moved > 0) {
      reads += (int) (moved / ReceiveBuffer.BYTES);
      body.passed(moved);
      current.toClient.received(body.payloadBytes());
      if (body.done()) {
        ended(current, Unpooled.EMPTY_BUFFER);
      }
    }
  }

  /** Whether a final head was taken and there is more to do with this exchange. */
  private boolean head(Exchange current, ByteBuf in) {
    current.toClient.firstByte(readAt);
    while (in.isReadable()) {
      int length = heads.read(in, current.toHead());
      if (length == ResponseHead.MORE) {
        return false;
      }
      if (Reject.is(length)) {
        current.toClient.badResponse(Reject.of(length));
        return false;
      }
      in.skipBytes(length);
      if (!loop.response.interim) {
        inHead = false;
        return finalHead(current, in);
      }
      if (heads.isFlooded()) {
        current.toClient.interimFlood();
        return false;
      }
      current.toClient.interim();
    }
    return false;
  }

  private boolean finalHead(Exchange current, ByteBuf in) {
    ResponseHead head = loop.response;
    if (head.status == 101) {
      current.toClient.upgraded(this, in);
      return false;
    }
    reusable = head.reusable;
    body.of(head);
    if (current.toClient.isTaken(body.done() && !in.isReadable())) {
      return false;
    }
    if (body.isChunked() && current.down.takesTrailers()) {
      body.keepTrailers();
    }
    int first = 0;
    if (current.toClient.prepareHead() && !body.done()) {
      first = body.take(in, in.readerIndex(), in.writerIndex());
      if (Reject.is(first)) {
        current.toClient.head(in, 0);
        current.toClient.badBody(Reject.of(first));
        return false;
      }
    }
    current.toClient.head(in, first);
    current.toClient.received(body.payloadBytes());
    if (body.done()) {
      ended(current, in);
      return false;
    }
    return true;
  }

  private void body(Exchange current, ByteBuf in) {
    if (!in.isReadable()) {
      return;
    }
    ByteBuf piece;
    int taken;
    if (body.isChunked() && !current.toClient.isVerbatim()) {
      piece = loop.alloc().buffer(in.readableBytes());
      taken = body.take(in, in.readerIndex(), in.writerIndex(), piece);
      if (!Reject.is(taken)) {
        in.skipBytes(taken);
      }
    } else {
      taken = body.take(in, in.readerIndex(), in.writerIndex());
      piece = Reject.is(taken) ? in.retain() : loop.keep(in.readRetainedSlice(taken));
    }
    if (Reject.is(taken)) {
      piece.release();
      current.toClient.badBody(Reject.of(taken));
      return;
    }
    current.toClient.received(body.payloadBytes());
    current.toClient.body(piece);
    if (body.done()) {
      ended(current, in);
    }
  }

  private void ended(Exchange current, ByteBuf in) {
    if (in.isReadable()) {
      reusable = false;
    }
    if (body.trailerBytes() > 0) {
      current.down.trailers(body.trailers(), body.trailerBytes());
    }
    current.toClient.ended(readAt);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    receivedAll();
  }

  @Override
  public void receivedAll() {
    if (reads >= Loop.READS_A_TURN) {
      setReading(true);
    }
    reads = 0;
    Exchange current = exchange;
    if (current != null) {
      current.toClient.flush();
      current.toClient.readOn();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null) {
      current.down.syncInput();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    Exchange current = exchange;
    if (event == ChannelInputShutdownEvent.INSTANCE && tunnel && current != null) {
      current.toClient.tunnel().downEnded();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    loop.log.ifOurs(cause);
    // A failed write leaves the answer readable (AUTO_CLOSE is off); channelInactive follows a
    // failed read.
    if (cause instanceof ChannelOutputShutdownException
        || cause instanceof ClosedChannelException) {
      outputBroken = true;
    } else {
      inputBroken = true;
    }
    if (tunnel || exchange == null || !(cause instanceof IOException)) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    exchange = null;
    boolean headless = inHead;
    leave();
    if (current == null) {
      return;
    }
    if (tunnel) {
      current.tunnelClosed();
    } else if (sending) {
      current.toReplica.notSent();
    } else if (headless) {
      current.toClient.upstreamLost();
    } else if (!inputBroken && body.endsWithConnection() && body.end()) {
      current.toClient.ended(loop.nanos());
    } else {
      current.toClient.truncated();
    }
  }

  private void leave() {
    if (gone) {
      return;
    }
    gone = true;
    if (outgoing != null) {
      outgoing.drop();
    }
    heads.drop();
    pool.closed(this);
    loop.roomIn(pool);
  }
}
