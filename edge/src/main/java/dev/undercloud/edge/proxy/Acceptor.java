package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Hex;
import dev.undercloud.edge.rule.RuleBook;
import dev.undercloud.edge.tls.Tls;
import dev.undercloud.edge.tls.TlsConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives each accepted connection its handler, or turns it away. Runs on the connection's loop. */
@Sharable
public final class Acceptor extends ChannelInitializer<Channel> {
  private final Map<EventLoop, Loop> loops;
  private final Admission admission;
  private final ProtocolHandlers handlers;
  private final @Nullable Tls tls;
  private final @Nullable TlsConfig config;
  private final RuleBook book;

  /** For connections that are not encrypted. */
  public Acceptor(
      Map<EventLoop, Loop> loops, Admission admission, RuleBook book, ProtocolHandlers handlers) {
    this(loops, admission, book, handlers, null, null);
  }

  /**
   * @param tls null, with {@code config}, for connections that are not encrypted
   */
  public Acceptor(
      Map<EventLoop, Loop> loops,
      Admission admission,
      RuleBook book,
      ProtocolHandlers handlers,
      @Nullable Tls tls,
      @Nullable TlsConfig config) {
    this.loops = Map.copyOf(loops);
    this.admission = admission;
    this.book = book;
    this.handlers = handlers;
    this.tls = tls;
    this.config = config;
  }

  @Override
  protected void initChannel(Channel channel) {
    Loop loop = loops.get(channel.eventLoop());
    InetAddress peer =
        channel.remoteAddress() instanceof InetSocketAddress ip ? ip.getAddress() : null;
    if (loop == null || peer == null) {
      // Gone before we looked.
      channel.close();
      return;
    }
    channel.config().setRecvByteBufAllocator(loop.receive);
    RuleBook.Header begins = book.proxyHeader(peer);
    if (begins == RuleBook.Header.NONE) {
      welcome(loop, channel, peer);
    } else {
      boolean needed = begins == RuleBook.Header.ALWAYS;
      ProxyProtocol header =
          new ProxyProtocol(loop, channel, peer, needed, client -> welcome(loop, channel, client));
      channel.pipeline().addLast(header);
    }
  }

  private void welcome(Loop loop, Channel channel, InetAddress client) {
    @Nullable String refusal = admission.enter(client);
    if (refusal != null) {
      refuse(loop, channel, refusal);
      return;
    }
    Runnable whenClosed = () -> admission.leave(client);
    if (tls == null || config == null) {
      channel.pipeline().addLast(handlers.http1(loop, channel, null, whenClosed));
    } else if (loop.handshakes.size() >= config.handshakes()) {
      // Whoever floods gets nothing for it, not even an answer that costs us a signature.
      admission.leave(client);
      channel.close();
    } else {
      channel.pipeline().addLast(new TlsClient(loop, channel, tls, config, handlers, whenClosed));
    }
  }

  private void refuse(Loop loop, Channel channel, String why) {
    loop.log.log(null, null, null, "A connection was refused: " + why);
    if (tls != null) {
      // Nothing that can be said would be understood before a handshake.
      channel.close();
      return;
    }
    byte[] page =
        ErrorPage.response(
            Answer.crowded(why),
            ErrorPage.Format.TEXT,
            Hex.of(loop.entropy.nextLong()),
            false,
            false);
    channel.writeAndFlush(Unpooled.wrappedBuffer(page)).addListener(ChannelFutureListener.CLOSE);
  }
}
