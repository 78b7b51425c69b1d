package dev.undercloud.edge.dns;

import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.edge.net.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Questions by UDP: several are received by one system call, and their answers sent by one. One per
 * socket; its loop's thread.
 */
final class UdpQuestions extends ChannelInboundHandlerAdapter {
  /** No question is longer: what does not fit is broken off and so refused as malformed. */
  static final int LONGEST = 1_280;

  /** Questions a system call: more cost more to make room for than they save. */
  static final int BATCH = 16;

  private final DnsLoop loop;

  /** When the questions of one system call came: the last of them waits for the first. */
  private long arrived;

  private boolean receiving;

  UdpQuestions(DnsLoop loop) {
    this.loop = loop;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      answer(ctx, packet.content(), packet.sender());
    } finally {
      packet.release();
    }
  }

  private void answer(ChannelHandlerContext ctx, ByteBuf question, InetSocketAddress sender) {
    if (!receiving) {
      receiving = true;
      arrived = loop.now();
    }
    InetAddress client = sender.getAddress();
    int length = question.readableBytes();
    question.readBytes(loop.in, 0, length);
    int answer = loop.answer(length, false, client);
    // A port that answers by itself (echo, chargen) would play along for ever.
    if (answer == Responder.SILENCE || sender.getPort() == 0) {
      return;
    }
    DnsQuery.Reply reply = DnsQuery.Reply.WHOLE;
    int sent = answer;
    switch (loop.rate.of(client, arrived)) {
      case SEND -> {}
      case SLIP -> {
        sent = loop.responder.slip(loop.out);
        reply = sent == Responder.SILENCE ? DnsQuery.Reply.DROPPED : DnsQuery.Reply.SLIPPED;
      }
      case DROP -> {
        sent = Responder.SILENCE;
        reply = DnsQuery.Reply.DROPPED;
      }
    }
    if (sent != Responder.SILENCE) {
      ByteBuf message = Transport.BUFFERS.directBuffer(sent, sent).writeBytes(loop.out, 0, sent);
      ctx.write(new DatagramPacket(message, sender), ctx.voidPromise());
    }
    loop.record(arrived, client, reply, false);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    receiving = false;
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable unreachable) {
    // An answer that could not be delivered: UDP promises nothing, and the socket serves others.
  }
}
