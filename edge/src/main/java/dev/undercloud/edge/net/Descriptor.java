package dev.undercloud.edge.net;

import io.netty.channel.Channel;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.unix.Socket;
import org.jspecify.annotations.Nullable;

/**
 * The socket below a channel of the epoll transport, for what Netty has no words for. A
 * descriptor's number may belong to another connection once its channel is closed: each call looks
 * first. The channel's event loop only.
 */
public final class Descriptor {
  private final Channel channel;
  private final Socket socket;

  private Descriptor(Channel channel, Socket socket) {
    this.channel = channel;
    this.socket = socket;
  }

  /** Null where the channel is of another transport. */
  public static @Nullable Descriptor of(Channel channel) {
    return channel instanceof AbstractEpollStreamChannel stream
            && stream.fd() instanceof Socket socket
        ? new Descriptor(channel, socket)
        : null;
  }

  /** As the kernel counts it; negative once the channel is closed. */
  public int number() {
    return channel.isActive() ? socket.intValue() : -1;
  }

  Channel channel() {
    return channel;
  }
}
