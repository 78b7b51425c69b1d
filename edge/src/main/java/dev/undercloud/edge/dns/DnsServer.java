package dev.undercloud.edge.dns;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsQueryRing;
import dev.undercloud.core.zone.ZoneRecord;
import dev.undercloud.core.zone.Zones;
import dev.undercloud.edge.net.AddedInterest;
import dev.undercloud.edge.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The authoritative DNS server, running: UDP and TCP of one port on event loops of its own. Its
 * methods may be called from any thread; those that start and close it block.
 */
public final class DnsServer implements AutoCloseable {
  private static final long SWEEP_SECONDS = 1;

  static {
    // As in the edge: sampling leaks costs every buffer.
    if (System.getProperty("io.netty.leakDetection.level") == null
        && ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.SIMPLE) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
  }

  private final MultiThreadIoEventLoopGroup group;
  private final Map<EventLoop, DnsLoop> loops = new LinkedHashMap<>();
  private final Watch<Zones> zones;
  private final Watch<Predicate<ZoneRecord>> health;
  private final List<Watch.Subscription> subscriptions = new ArrayList<>();
  private List<Channel> sockets = List.of();
  private boolean closed;

  /** Written by whoever publishes, read for every question. */
  private volatile Compiled compiled = Compiled.EMPTY;

  /** Written by {@link #allow}, read for every question about a whole zone. */
  private volatile TransferRules transfers;

  private DnsServer(
      DnsConfig config,
      Watch<Zones> zones,
      Watch<Predicate<ZoneRecord>> health,
      @Nullable Secondaries secondaries,
      Clock clock) {
    this.zones = zones;
    this.health = health;
    transfers = config.transfers();
    group =
        new MultiThreadIoEventLoopGroup(
            config.threads(), new DefaultThreadFactory("dns", true), handlers(config.transport()));
    for (EventExecutor executor : group) {
      loops.put(
          (EventLoop) executor,
          new DnsLoop(config, () -> compiled, () -> transfers, secondaries, clock, clock.nanos()));
    }
  }

  /** Level-triggered: datagrams are left in their socket when a turn is over. */
  private static IoHandlerFactory handlers(Transport transport) {
    return transport == Transport.EPOLL
        ? AddedInterest.keptRegistered(EpollIoHandler.newFactory())
        : NioIoHandler.newFactory();
  }

  /** As the other, with every target healthy. */
  public static DnsServer start(DnsConfig config, Watch<Zones> zones, Clock clock) {
    return start(config, zones, new Watch<>(record -> true), clock);
  }

  /** As the other, with nobody who would hear a NOTIFY. */
  public static DnsServer start(
      DnsConfig config, Watch<Zones> zones, Watch<Predicate<ZoneRecord>> health, Clock clock) {
    return start(config, zones, health, null, clock);
  }

  /** As the other, with every target healthy. */
  public static DnsServer start(
      DnsConfig config, Watch<Zones> zones, Secondaries secondaries, Clock clock) {
    return start(config, zones, new Watch<>(record -> true), secondaries, clock);
  }

  /**
   * Listens, and answers by the latest {@code zones} before it returns. Publishing zones or health
   * compiles what changed on the publishing thread, and is in force when it returns.
   *
   * @param health whether a record's target can serve; publish a new one when that changes. Records
   *     that cannot leave their answers; where no record of a set can, all stay.
   * @param secondaries who is told of a NOTIFY (RFC 1996); null: those are NOTIMP
   * @throws dev.undercloud.core.error.CloudException where it cannot listen
   */
  public static DnsServer start(
      DnsConfig config,
      Watch<Zones> zones,
      Watch<Predicate<ZoneRecord>> health,
      @Nullable Secondaries secondaries,
      Clock clock) {
    DnsServer server = new DnsServer(config, zones, health, secondaries, clock);
    try {
      server.subscriptions.add(zones.follow(changed -> server.compile()));
      server.subscriptions.add(health.follow(changed -> server.compile()));
      server.sockets = new DnsSockets(config, server.group, server.loops).bind();
      server.loops.forEach((executor, loop) ->
          executor.scheduleWithFixedDelay(
              loop::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS));
      return server;
    } catch (RuntimeException failure) {
      server.close();
      throw failure;
    }
  }

  private synchronized void compile() {
    compiled = compiled.next(zones.get(), health.get());
  }

  /** Who may have whole zones from now on; those that are being sent go on. */
  public void allow(TransferRules rules) {
    transfers = rules;
  }

  /** Where it is asked: the first address of its configuration, with the port it has. */
  public InetSocketAddress address() {
    return addresses().getFirst();
  }

  /** Every address it is asked at. */
  public List<InetSocketAddress> addresses() {
    return sockets.stream()
        .map(socket -> (InetSocketAddress) socket.localAddress())
        .distinct()
        .toList();
  }

  /** One per event loop; whoever reads them is the only reader. */
  public List<DnsQueryRing> rings() {
    return loops.values().stream().map(loop -> loop.ring).toList();
  }

  /** Stops at once: resolvers ask again elsewhere. Blocks; a second call does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    subscriptions.forEach(Watch.Subscription::close);
    sockets.forEach(socket -> socket.close().awaitUninterruptibly());
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
