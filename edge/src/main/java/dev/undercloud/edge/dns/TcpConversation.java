package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.Zone;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Questions by TCP (RFC 7766): as many as the client likes without waiting, answered in their
 * order; reading pauses while answers are not taken. One per connection; its loop's thread.
 */
final class TcpConversation extends ChannelInboundHandlerAdapter {
  /** No question is longer; who sends more is no resolver. */
  private static final int LONGEST_QUESTION = 4_096;

  private static final int PREFIX = 2;

  private final DnsLoop loop;
  private final InetAddress client;
  private final Channel channel;
  private @Nullable ByteBuf unread;
  private @Nullable Transfer transfer;

  /** What the transfer is signed with. */
  private @Nullable Signing signing;

  private boolean proceeding;

  /** The client asks no more. */
  private boolean ending;

  /** When it last asked, or took something that it had been slow to take. */
  long lastNanos;

  TcpConversation(DnsLoop loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
    client = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    lastNanos = loop.now();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    loop.conversations.add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf more = (ByteBuf) message;
    if (unread == null) {
      unread = more;
    } else {
      ByteBuf joined = ctx.alloc().buffer(unread.readableBytes() + more.readableBytes());
      joined.writeBytes(unread).writeBytes(more);
      unread.release();
      more.release();
      unread = joined;
    }
    proceed(ctx);
  }

  /** Answers what is there for as long as the client takes the answers. */
  private void proceed(ChannelHandlerContext ctx) {
    if (proceeding) {
      // Flushing made room, which we are told of while we flush: the loop below sees it.
      return;
    }
    proceeding = true;
    boolean more = true;
    while (more && ctx.channel().isActive() && ctx.channel().isWritable()) {
      while (more && ctx.channel().isWritable()) {
        more = transfer != null ? message(ctx, transfer) : unread != null && question(ctx, unread);
      }
      ctx.flush();
    }
    proceeding = false;
    if (ending && !more) {
      // Its last questions are answered: whatever is on its way leaves first.
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else if (ctx.channel().config().isAutoRead() == more) {
      ctx.channel().config().setAutoRead(!more);
    }
  }

  /** Writes the next message of a transfer; always true: behind it there may be questions. */
  private boolean message(ChannelHandlerContext ctx, Transfer from) {
    lastNanos = loop.now();
    int length = from.next(loop.out);
    Signing by = signing;
    if (length == 0) {
      transfer = null;
      signing = null;
    } else if (by == null) {
      write(ctx, length);
    } else if (length + by.room() > Responder.LONGEST) {
      // One record as long as a message leaves no room to sign it.
      end();
    } else {
      write(ctx, by.sign(loop.out, length));
    }
    return true;
  }

  /** Answers one question; false where there is none yet. */
  private boolean question(ChannelHandlerContext ctx, ByteBuf from) {
    int there = from.readableBytes();
    int length = there < PREFIX ? 0 : from.getUnsignedShort(from.readerIndex());
    if (length > LONGEST_QUESTION) {
      end();
      return false;
    }
    if (there < PREFIX || there < PREFIX + length) {
      if (there == 0) {
        from.release();
        unread = null;
      }
      return false;
    }
    lastNanos = loop.now();
    from.skipBytes(PREFIX);
    from.readBytes(loop.in, 0, length);
    answer(ctx, length);
    return true;
  }

  private void answer(ChannelHandlerContext ctx, int length) {
    long arrived = loop.now();
    int answer = loop.answer(length, true, client);
    switch (answer) {
      case Responder.SILENCE -> end();
      case Responder.TRANSFER -> {
        Zone zone = Objects.requireNonNull(loop.responder.node).apexOf;
        transfer = new Transfer(Objects.requireNonNull(zone), loop.in);
        signing = loop.takeSigning();
        loop.record(arrived, client, DnsQuery.Reply.WHOLE, true);
      }
      default -> {
        write(ctx, answer);
        loop.record(arrived, client, DnsQuery.Reply.WHOLE, true);
      }
    }
  }

  private void write(ChannelHandlerContext ctx, int length) {
    ByteBuf reply = ctx.alloc().directBuffer(PREFIX + length);
    reply.writeShort(length).writeBytes(loop.out, 0, length);
    ctx.write(reply, ctx.voidPromise());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      lastNanos = loop.now();
      proceed(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !ending) {
      ending = true;
      proceed(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.leave(this, client);
    transfer = null;
    if (unread != null) {
      unread.release();
      unread = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable broken) {
    end();
  }

  void end() {
    channel.close();
  }
}
