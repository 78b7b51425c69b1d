package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.net.Ipv6Text;
import dev.undercloud.edge.tls.Binding;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a client's connection.
 *
 * @param side what replicas are told about it
 * @param address for records; empty where it has none
 * @param acceptedAt when the connection was seen first, in monotonic nanoseconds
 */
record Peer(ClientSide side, String address, long acceptedAt) {
  /**
   * @param binding what its TLS connection was made for; null where it is not encrypted
   */
  static Peer of(Channel channel, @Nullable Binding binding, long now) {
    InetAddress remote = ProxyProtocol.clientOf(channel);
    InetAddress balancer = ProxyProtocol.balancerOf(channel);
    InetAddress local = address(channel.localAddress());
    int port = channel.localAddress() instanceof InetSocketAddress ip ? ip.getPort() : 0;
    return new Peer(
        new ClientSide(remote, local, port, binding == null ? "http" : "https", binding, balancer),
        remote == null ? "" : Ipv6Text.of(remote),
        now);
  }

  private static @Nullable InetAddress address(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress ip ? ip.getAddress() : null;
  }
}
