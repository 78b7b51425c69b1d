package dev.undercloud.edge.proxy;

import dev.undercloud.core.model.Protocol;
import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.edge.balance.Choice;
import dev.undercloud.edge.balance.Replica;
import io.netty.bootstrap.Bootstrap;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one replica. Idle ones are kept newest first, as a list through
 * the connections themselves: the oldest run out of time undisturbed.
 */
final class ReplicaPool implements Choice {
  private final Replica replica;
  private final Bootstrap dialer;
  private final SocketAddress address;
  private final int mostConnections;

  /** Connections to a replica that speaks HTTP/2; null where it speaks HTTP/1. */
  private final @Nullable Http2Pool multiplexed;

  private @Nullable UpstreamConnection newest;
  private @Nullable UpstreamConnection oldest;
  private int open;
  private int idle;
  private boolean tried;
  private double weight = Upstream.EQUAL;
  private long slowStartNanos;
  private int answered;
  private int failing;

  /** Exchanges that the replica gets at once, from all loops; tunnels and event streams apart. */
  int mostInFlight = Integer.MAX_VALUE;

  /** Of whose replicas this is one. */
  @Nullable AppQueue queue;

  /** How long an idle connection is kept. */
  long idleNanos;

  /** Set when its replica has left the table: what comes back is closed. */
  private boolean retired;

  ReplicaPool(Replica replica, Bootstrap dialer, SocketAddress address, int mostConnections) {
    this.replica = replica;
    this.dialer = dialer;
    this.address = address;
    this.mostConnections = mostConnections;
    multiplexed =
        replica.upstream().protocol() == Protocol.H2C
            ? new Http2Pool(this, dialer, address, mostConnections)
            : null;
  }

  boolean speaksHttp2() {
    return multiplexed != null;
  }

  @Override
  public Replica replica() {
    return replica;
  }

  @Override
  public boolean tried() {
    return tried;
  }

  @Override
  public double weight(long now) {
    return slowStartNanos == 0 ? weight : weight * replica.share(now, slowStartNanos);
  }

  /** Rules and table in force. */
  void follow(Upstream upstream, Balance balance) {
    weight = upstream.weight();
    slowStartNanos = balance.slowStart().toNanos();
    mostInFlight = balance.inFlight();
  }

  /** It answered, or did not: what tells a replica that fails more than others. */
  void answered(boolean badly) {
    answered++;
    failing += badly ? 1 : 0;
  }

  /** The other loops get to know. */
  void tell() {
    if (answered > 0) {
      replica.count(answered, failing);
      answered = failing = 0;
    }
  }

  void markTried(boolean tried) {
    this.tried = tried;
  }

  /**
   * The idle connection used last, if it went idle at or after {@code since}, or a stream on one
   * that is there: who speaks HTTP/2 says when it leaves. Else null.
   */
  @Nullable UpstreamSide take(long since) {
    if (multiplexed != null) {
      return multiplexed.take();
    }
    for (var c = newest; c != null && c.idleSince - since >= 0; c = newest) {
      unlink(c);
      // One that has just closed may not have heard of it yet: that comes as a task of its own.
      if (c.channel().isActive()) {
        return c;
      }
    }
    return null;
  }

  /** Within the limit of exchanges, and {@link #dial} within that of connections. */
  @Override
  public boolean hasRoom() {
    boolean connects = multiplexed == null ? open - idle < mostConnections : multiplexed.hasRoom();
    return connects && replica.busy() < mostInFlight;
  }

  /** Opens a connection for {@code exchange}, which hears of the result unless it gave up. */
  UpstreamSide dial(Loop loop, Exchange exchange) {
    if (multiplexed != null) {
      return multiplexed.dial(loop, exchange);
    }
    if (open >= mostConnections) {
      closeOldest();
    }
    open++;
    UpstreamConnection connection = new UpstreamConnection(loop, this, exchange);
    connection.dial(dialer, address);
    return connection;
  }

  /** Takes back a connection in good order. */
  void give(UpstreamConnection connection, long now) {
    if (retired) {
      connection.close();
      return;
    }
    connection.idleSince = now;
    connection.idle = true;
    idle++;
    connection.older = newest;
    if (newest != null) {
      newest.newer = connection;
    } else {
      oldest = connection;
    }
    newest = connection;
  }

  /** A connection has closed, whatever it was doing. Once per connection. */
  void closed(UpstreamConnection connection) {
    open--;
    if (connection.idle) {
      unlink(connection);
    }
  }

  /** The same of one to a replica that speaks HTTP/2. */
  void closed(Http2Upstream connection) {
    Objects.requireNonNull(multiplexed).closed(connection);
  }

  /** Closes what has been idle too long. */
  void sweep(long now) {
    if (multiplexed != null) {
      multiplexed.sweep(now, idleNanos);
    }
    while (oldest != null && now - oldest.idleSince >= idleNanos) {
      closeOldest();
    }
  }

  private void closeOldest() {
    UpstreamConnection connection = oldest;
    if (connection != null) {
      unlink(connection);
      connection.close();
    }
  }

  /** Until {@link #unretire}, no table names the replica. */
  void retire() {
    retired = true;
  }

  void unretire() {
    retired = false;
  }

  /** Whether no table names the replica. */
  boolean isRetired() {
    return retired;
  }

  /** After a change of tables: no idle connection stays where the replica has left. */
  void settle() {
    if (retired) {
      closeIdle();
    }
  }

  boolean isForgotten() {
    return retired && open == 0 && (multiplexed == null || multiplexed.isEmpty());
  }

  void closeIdle() {
    if (multiplexed != null) {
      multiplexed.closeIdle();
    }
    while (oldest != null) {
      closeOldest();
    }
  }

  private void unlink(UpstreamConnection c) {
    c.idle = false;
    idle--;
    if (c.newer != null) {
      c.newer.older = c.older;
    } else {
      newest = c.older;
    }
    if (c.older != null) {
      c.older.newer = c.newer;
    } else {
      oldest = c.newer;
    }
    c.newer = c.older = null;
  }
}
