package dev.undercloud.edge.net;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Binds the addresses clients come to, all or none. Blocks; not on an event loop. */
public final class Listeners {
  private static final int LAST_PRIVILEGED_PORT = 1023;

  private Listeners() {}

  /**
   * @throws CloudException where a port is taken or not allowed, with who has it where that can be
   *     seen
   */
  public static List<Channel> bind(ServerBootstrap bootstrap, List<InetSocketAddress> addresses) {
    List<Channel> bound = new ArrayList<>();
    int chosen = 0;
    for (InetSocketAddress wanted : addresses) {
      // Port 0 on several addresses: all of them get the port that the first one was given.
      int port = wanted.getPort() == 0 ? chosen : wanted.getPort();
      InetSocketAddress address = new InetSocketAddress(wanted.getAddress(), port);
      ChannelFuture binding =
          Ports.isFree(address) ? bootstrap.bind(address).awaitUninterruptibly() : null;
      if (binding == null || !binding.isSuccess()) {
        bound.forEach(channel -> channel.close().awaitUninterruptibly());
        throw failure(address, binding == null ? null : binding.cause());
      }
      bound.add(binding.channel());
      Congestion.spareAccepted(binding.channel());
      chosen = ((InetSocketAddress) binding.channel().localAddress()).getPort();
    }
    return bound;
  }

  private static CloudException failure(InetSocketAddress address, @Nullable Throwable cause) {
    int port = address.getPort();
    String what = "Cannot listen on port " + port;
    String text = cause == null ? "" : String.valueOf(cause.getMessage());
    if (text.contains("ermission denied")) {
      return problem(
          "port-not-allowed",
          what,
          address,
          port <= LAST_PRIVILEGED_PORT
              ? "ports below 1024 need root or CAP_NET_BIND_SERVICE"
              : "the system does not allow it",
          "Choose a port from 1024 on with --port.",
          cause);
    }
    if (text.contains("annot assign")) {
      return problem(
          "address-unknown",
          what,
          address,
          "this machine does not have that address",
          "Listen on an address of this machine.",
          cause);
    }
    String holder = PortHolder.of(port).map(who -> "held by " + who).orElse("already in use");
    OptionalInt free = Ports.nextFree(List.of(address.getAddress()), port + 1);
    String other = free.isPresent() ? " --port " + free.getAsInt() + " is free." : "";
    return problem(
        "port-taken",
        what,
        address,
        "it is " + holder,
        "End that process or choose another port." + other,
        cause);
  }

  private static CloudException problem(
      String code,
      String what,
      InetSocketAddress address,
      String why,
      String remedy,
      @Nullable Throwable cause) {
    return new CloudException(
        new Problem(code, Problem.Kind.RESOURCE, what, Ports.text(address), why, remedy), cause);
  }
}
