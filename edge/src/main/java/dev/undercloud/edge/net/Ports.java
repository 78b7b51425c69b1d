package dev.undercloud.edge.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Which ports are free, and who holds the others. Blocks briefly; any thread. */
public final class Ports {
  private static final int LAST = 65_535;

  private Ports() {}

  /** 127.0.0.1 and, where this machine has it, ::1. */
  public static List<InetAddress> loopback() {
    List<InetAddress> found = new ArrayList<>();
    for (byte[] raw : List.of(new byte[] {127, 0, 0, 1}, ipv6Loopback())) {
      try (ServerSocket probe = new ServerSocket()) {
        InetAddress address = InetAddress.getByAddress(raw);
        probe.bind(new InetSocketAddress(address, 0));
        found.add(address);
      } catch (IOException absent) {
        // No such address family here: the other one serves.
      }
    }
    return found;
  }

  /** The listen addresses for {@code port} on loopback. */
  public static List<InetSocketAddress> onLoopback(int port) {
    return loopback().stream().map(address -> new InetSocketAddress(address, port)).toList();
  }

  /** The first port from {@code from} on that is free on all of {@code addresses}. */
  public static OptionalInt nextFree(List<InetAddress> addresses, int from) {
    for (int port = from; port <= LAST; port++) {
      int candidate = port;
      if (addresses.stream().allMatch(a -> isFree(new InetSocketAddress(a, candidate)))) {
        return OptionalInt.of(port);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Whether nobody takes connections at {@code address} and we could bind it. Binding alone does
   * not tell: with SO_REUSEPORT a stale process would share the port and take half the connections.
   */
  public static boolean isFree(InetSocketAddress address) {
    if (address.getPort() == 0) {
      return true;
    }
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      probe.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      probe.bind(address);
    } catch (IOException taken) {
      return false;
    }
    return !answers(address);
  }

  private static boolean answers(InetSocketAddress address) {
    if (address.getAddress().isAnyLocalAddress()) {
      return false;
    }
    try (SocketChannel probe = SocketChannel.open()) {
      probe.socket().connect(address, 200);
      // A socket that connects to itself proves that nobody listens there.
      return !address.equals(probe.getLocalAddress());
    } catch (IOException nobody) {
      return false;
    }
  }

  private static byte[] ipv6Loopback() {
    byte[] raw = new byte[16];
    raw[15] = 1;
    return raw;
  }

  /** {@code 127.0.0.1:8080} or {@code [::1]:8080}. */
  public static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    try {
      // Without the scope and name that InetSocketAddress.toString would add.
      String host = InetAddress.getByAddress(ip.getAddress()).getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + Ipv6Text.of(ip) + "]") + ":" + address.getPort();
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
