package dev.undercloud.edge.proxy;

import dev.undercloud.edge.tls.Binding;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * Makes what speaks with a client once it is known which protocol that is. The handler is added to
 * the channel's pipeline and then told that the channel is active; it runs {@code whenClosed} once
 * the channel is not. Event loops only.
 */
public interface ProtocolHandlers {
  /** HTTP/1.0 and HTTP/1.1 alone. */
  ProtocolHandlers HTTP1 = Http1Client::new;

  /** HTTP/2 as well. */
  ProtocolHandlers ALL =
      new ProtocolHandlers() {
        @Override
        public ChannelHandler http1(
            Loop loop, Channel channel, @Nullable Binding binding, Runnable whenClosed) {
          return new Http1Client(loop, channel, binding, whenClosed);
        }

        @Override
        public boolean speaksHttp2() {
          return true;
        }

        @Override
        public ChannelHandler http2(
            Loop loop, Channel channel, @Nullable Binding binding, Runnable whenClosed) {
          return new Http2Client(loop, channel, binding, whenClosed);
        }
      };

  /**
   * @param binding what the TLS connection was made for; null where it is not encrypted
   */
  ChannelHandler http1(Loop loop, Channel channel, @Nullable Binding binding, Runnable whenClosed);

  /** Whether clients are offered HTTP/2, and {@link #http2} is called for those who take it. */
  default boolean speaksHttp2() {
    return false;
  }

  /** As {@link #http1}, for clients that chose {@code h2}. */
  default ChannelHandler http2(
      Loop loop, Channel channel, @Nullable Binding binding, Runnable whenClosed) {
    throw new UnsupportedOperationException("HTTP/2 was not offered");
  }
}
