package dev.undercloud.edge.proxy;

import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;

import dev.undercloud.edge.http2.Http2Limits;
import dev.undercloud.edge.net.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a replica that speaks HTTP/2 with prior knowledge (RFC 9113, 3.3): serves many
 * exchanges at once, each on a stream of its own. No request leaves before the replica has sent its
 * SETTINGS: then it is known that it speaks HTTP/2, and how much it takes. Its loop's thread only.
 */
final class Http2Upstream extends Http2Link {
  /** Streams that are kept for reuse. */
  private static final int SPARE_STREAMS = 16;

  private static final String SILENT = "closed the connection before it spoke HTTP/2";

  private final ReplicaPool pool;
  private final ArrayDeque<UpstreamStream> spare = new ArrayDeque<>();

  /** Those that wait for the SETTINGS. */
  private ArrayList<UpstreamStream> waiting = new ArrayList<>();

  /** Streams whose HEADERS no flush has sent. */
  private final ArrayList<UpstreamStream> unsent = new ArrayList<>();

  private @Nullable Channel channel;

  /** Streams that were taken and have not ended. */
  private int active;

  private long idleSince;
  private boolean ready;

  /** No stream begins any more; with the last one it closes. */
  private boolean leaving;

  private boolean left;
  private boolean takesWebSockets;

  /** Why it fails, where that is known: the streams that it takes along are told. */
  private String fault = "";

  Http2Upstream(Loop loop, ReplicaPool pool) {
    super(
        loop,
        Http2Codec.client(loop),
        Http2Codec.replicaSettings(),
        new FrameSplitter(loop.alloc(), 0));
    this.pool = pool;
    codec.serve(new UpstreamFrames(this));
  }

  // ---------------------------------------------------------------- the beginning

  void dial(Bootstrap dialer, SocketAddress address) {
    ChannelFuture dialing = Transport.dial(dialer, address, this);
    channel = dialing.channel();
    dialing.addListener(this::dialed);
  }

  private void dialed(Future<? super Void> dialing) {
    Throwable cause = dialing.cause();
    if (cause != null) {
      leaving = true;
      gone();
      failWaiting(exchange -> exchange.toReplica.dialFailed(cause));
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    openWindow(Http2Limits.REPLICA_CONNECTION_WINDOW);
  }

  /** The replica has told its settings, for the first time or anew. */
  void settings(Http2Settings settings) {
    Boolean connect = settings.connectProtocolEnabled();
    takesWebSockets |= connect != null && connect;
    if (ready) {
      return;
    }
    ready = true;
    long now = loop.nanos();
    idleSince = now;
    ArrayList<UpstreamStream> all = waiting;
    waiting = new ArrayList<>();
    int room = limit();
    for (int i = 0; i < all.size(); i++) {
      UpstreamStream each = all.get(i);
      Exchange exchange = each.waits();
      if (i < room) {
        exchange.toReplica.connected(each, false, now);
      } else {
        each.forget();
        drop(each);
        exchange.toReplica.full("takes no more requests at once");
      }
    }
    closeIfDone();
  }

  /** One of those that wait for the replica to speak does so no longer. */
  void forget(UpstreamStream stream) {
    waiting.remove(stream);
    drop(stream);
    if (!ready && active == 0) {
      leave();
    }
  }

  private void failWaiting(Consumer<Exchange> how) {
    ArrayList<UpstreamStream> all = waiting;
    waiting = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Exchange exchange = all.get(i).waits();
      all.get(i).forget();
      drop(all.get(i));
      how.accept(exchange);
    }
  }

  // ---------------------------------------------------------------- streams

  /** Whether a stream may begin at once. */
  boolean takesStream() {
    return ready && !leaving && !failed && !closed && channel().isActive() && active < limit();
  }

  /** Whether an exchange may wait for its SETTINGS: as many as most servers serve at once. */
  boolean takesWaiting() {
    return !ready && !leaving && !closed && active < Http2Limits.STREAMS;
  }

  private int limit() {
    return Math.min(Http2Limits.STREAMS, connection().local().maxActiveStreams());
  }

  boolean isIdle() {
    return active == 0;
  }

  long idleSince() {
    return idleSince;
  }

  boolean takesWebSockets() {
    return takesWebSockets;
  }

  /** Takes a place for a stream; {@link UpstreamStream#send} uses it. */
  UpstreamStream stream() {
    active++;
    UpstreamStream mine = spare.pollLast();
    return mine == null ? new UpstreamStream(this) : mine;
  }

  /** The same for {@code exchange}, once the replica has spoken. */
  UpstreamStream await(Exchange exchange) {
    UpstreamStream mine = stream();
    mine.await(exchange);
    waiting.add(mine);
    return mine;
  }

  /** A place is free again. */
  void drop(UpstreamStream stream) {
    if (spare.size() < SPARE_STREAMS) {
      spare.addLast(stream);
    }
    if (--active == 0) {
      idleSince = loop.nanos();
    }
    closeIfDone();
    if (!closed && pool.queue != null && pool.queue.waiting() > 0) {
      // Netty may be in the midst of closing streams: no other one begins there.
      loop.execute(() -> loop.roomIn(pool));
    }
  }

  /** The next stream's id; below 0 where there are no more, and the connection leaves. */
  int nextId() {
    int id = connection().local().incrementAndGetNextStreamId();
    if (id < 0) {
      leaving = true;
    }
    return id;
  }

  /** HEADERS were written that no flush has sent. */
  void opens(UpstreamStream stream) {
    budgets().earnReset();
    unsent.add(stream);
    flushSoon();
  }

  @Override
  void flushLater() {
    loop.flushes.ofReplica(this);
  }

  @Override
  void flushed() {
    for (int i = 0; i < unsent.size(); i++) {
      unsent.get(i).flushed();
    }
    unsent.clear();
  }

  // ---------------------------------------------------------------- ends

  /** Nothing begins here any more; streams that are there end as they would. */
  void leave() {
    leaving = true;
    closeIfDone();
  }

  /** A response makes no sense, or the replica breaks its own word: nothing more begins here. */
  void spoil() {
    leaving = true;
  }

  /** The replica is leaving (RFC 9113, 6.8): Netty closes the streams that it has not seen. */
  void goAway() {
    leaving = true;
    closeIfDone();
  }

  /** Later in this turn, since Netty may be in the midst of closing streams. */
  private void closeIfDone() {
    if (leaving && active == 0 && !left && channel != null) {
      left = true;
      loop.execute(this::close);
    }
  }

  private void close() {
    Channel to = channel;
    if (to == null) {
      return;
    }
    if (isInPipeline() && to.isActive() && !failed) {
      goAway(context(), 0, NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context().newPromise());
      writeAll();
    }
    to.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    leaving = true;
    super.channelInactive(ctx);
    String how = fault.isEmpty() ? SILENT : fault;
    failWaiting(exchange -> exchange.toReplica.dialFailed(how));
    gone();
  }

  private void gone() {
    closed = true;
    pool.closed(this);
    loop.roomIn(pool);
  }

  /** Why streams end that did not end by themselves, in words that follow the replica's name. */
  String fault() {
    return fault.isEmpty() ? "closed the connection" : fault;
  }

  // ---------------------------------------------------------------- errors

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, StreamException error) {
    UpstreamStream mine = of(connection().stream(error.streamId()));
    if (mine != null) {
      if (!outbound) {
        spoil();
      }
      mine.broken("broke the protocol: " + cause.getMessage());
    }
    super.onStreamError(ctx, outbound, cause, error);
  }

  @Override
  void fail(ChannelHandlerContext ctx, Throwable cause, @Nullable Http2Exception error) {
    leaving = true;
    fault = ready ? "broke the protocol: " + cause.getMessage() : "does not speak HTTP/2";
    byte[] words = String.valueOf(cause.getMessage()).getBytes(StandardCharsets.US_ASCII);
    ByteBuf debug = ready ? Unpooled.wrappedBuffer(words) : Unpooled.EMPTY_BUFFER;
    goAway(ctx, 0, code(error), debug, ctx.newPromise());
    writeAll();
    ctx.close();
  }
}
