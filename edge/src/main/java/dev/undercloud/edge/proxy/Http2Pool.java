package dev.undercloud.edge.proxy;

import io.netty.bootstrap.Bootstrap;
import java.net.SocketAddress;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one replica that speaks HTTP/2: nearly always one, and another
 * where the replica takes no more streams on those that there are. Its loop's thread only.
 */
final class Http2Pool {
  private final ReplicaPool home;
  private final Bootstrap dialer;
  private final SocketAddress address;
  private final int mostConnections;
  private final ArrayList<Http2Upstream> open = new ArrayList<>(2);

  Http2Pool(ReplicaPool home, Bootstrap dialer, SocketAddress address, int mostConnections) {
    this.home = home;
    this.dialer = dialer;
    this.address = address;
    this.mostConnections = mostConnections;
  }

  /** A stream on the oldest connection that takes one; null where none does. */
  @Nullable UpstreamStream take() {
    for (int i = 0; i < open.size(); i++) {
      if (open.get(i).takesStream()) {
        return open.get(i).stream();
      }
    }
    return null;
  }

  boolean hasRoom() {
    if (open.size() < mostConnections) {
      return true;
    }
    for (int i = 0; i < open.size(); i++) {
      if (open.get(i).takesStream()) {
        return true;
      }
    }
    return false;
  }

  /** A stream for {@code exchange}, which hears when its connection is there, or of its failure. */
  UpstreamStream dial(Loop loop, Exchange exchange) {
    for (int i = 0; i < open.size(); i++) {
      Http2Upstream each = open.get(i);
      if (each.takesWaiting()) {
        return each.await(exchange);
      }
    }
    // Those that are there are full, or one of them has just failed this exchange.
    closeIdle();
    Http2Upstream connection = new Http2Upstream(loop, home);
    open.add(connection);
    UpstreamStream stream = connection.await(exchange);
    connection.dial(dialer, address);
    return stream;
  }

  /** A connection has closed. Once per connection. */
  void closed(Http2Upstream connection) {
    open.remove(connection);
  }

  /** Closes what has been idle too long. */
  void sweep(long now, long idleNanos) {
    for (int i = open.size() - 1; i >= 0; i--) {
      Http2Upstream each = open.get(i);
      if (each.isIdle() && now - each.idleSince() >= idleNanos) {
        each.leave();
      }
    }
  }

  void closeIdle() {
    for (int i = open.size() - 1; i >= 0; i--) {
      if (open.get(i).isIdle()) {
        open.get(i).leave();
      }
    }
  }

  boolean isEmpty() {
    return open.isEmpty();
  }
}
