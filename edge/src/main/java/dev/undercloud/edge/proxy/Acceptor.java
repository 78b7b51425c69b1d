package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Hex;
import dev.undercloud.edge.rule.RuleBook;
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

  private final RuleBook book;

  public Acceptor(Map<EventLoop, Loop> loops, Admission admission, RuleBook book) {
    this.loops = Map.copyOf(loops);
    this.admission = admission;
    this.book = book;
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
    if (book.sendsProxyHeader(peer)) {
      ProxyProtocol header =
          new ProxyProtocol(loop, channel, peer, client -> welcome(loop, channel, client));
      channel.pipeline().addLast(header);
    } else {
      welcome(loop, channel, peer);
    }
  }

  private void welcome(Loop loop, Channel channel, InetAddress client) {
    @Nullable String refusal = admission.enter(client);
    if (refusal != null) {
      refuse(loop, channel, refusal);
      return;
    }
    channel.pipeline().addLast(new Http1Client(loop, channel, () -> admission.leave(client)));
  }

  private static void refuse(Loop loop, Channel channel, String why) {
    loop.log.log(null, null, null, "A connection was refused: " + why);
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
