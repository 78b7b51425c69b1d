package dev.undercloud.edge;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.edge.acme.Acme;
import dev.undercloud.edge.acme.AcmeStore;
import dev.undercloud.edge.balance.Replicas;
import dev.undercloud.edge.cache.CacheSettings;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.net.Direct;
import dev.undercloud.edge.net.Listeners;
import dev.undercloud.edge.net.Transport;
import dev.undercloud.edge.proxy.Acceptor;
import dev.undercloud.edge.proxy.Admission;
import dev.undercloud.edge.proxy.Loop;
import dev.undercloud.edge.proxy.ProtocolHandlers;
import dev.undercloud.edge.rule.RuleBook;
import dev.undercloud.edge.rule.Rules;
import dev.undercloud.edge.tls.CertificateSource;
import dev.undercloud.edge.tls.Served;
import dev.undercloud.edge.tls.Tls;
import dev.undercloud.edge.tls.TlsConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The load balancing reverse proxy, running. Its methods may be called from any thread; those that
 * start and close it block.
 */
public final class Edge implements AutoCloseable {
  /** Connections that the kernel holds until we accept them. */
  private static final int BACKLOG = 4_096;

  /** About one read's worth: for who takes less nothing more is read, and little memory is held. */
  static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 << 10, 64 << 10);

  static {
    // Sampling leaks costs every buffer; whoever hunts one sets the property or the level first.
    if (System.getProperty("io.netty.leakDetection.level") == null
        && ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.SIMPLE) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
  }

  private static final ProtocolHandlers HANDLERS = ProtocolHandlers.ALL;

  private static final Duration STARTED = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(20);

  private final Clock clock;
  private final HttpCache cache;
  private final MultiThreadIoEventLoopGroup group;
  private final List<Loop> loops = new ArrayList<>();
  private final List<ExchangeRing> rings;
  private final List<Channel> listeners = new ArrayList<>();
  private final List<Channel> secureListeners = new ArrayList<>();
  private final @Nullable Tls tls;
  private final @Nullable Acme acme;
  private final Replicas replicas = new Replicas();
  private final Object adoption = new Object();
  private final RuleBook book;
  private final Admission admission;
  private Set<String> named = Set.of();
  private long newest;
  private Watch.Subscription subscription = () -> {};
  private Watch.Subscription rules = () -> {};
  private boolean closed;
  private volatile boolean ended;

  private Edge(
      EdgeConfig config, HttpCache cache, Clock clock, Supplier<Entropy> entropy, LogSink log) {
    this.clock = clock;
    this.cache = cache;
    List<String> protocols =
        HANDLERS.speaksHttp2() ? List.of("h2", "http/1.1") : List.of("http/1.1");
    Optional<AcmeStore> store = config.acme().map(c -> new AcmeStore(c.folder()));
    CertificateSource certificates = store.isPresent() ? store.get() : CertificateSource.NONE;
    tls =
        config.tls().map(https -> new Tls(https, clock, log, protocols, certificates)).orElse(null);
    Tls secure = tls;
    acme =
        secure == null || store.isEmpty()
            ? null
            : new Acme(config.acme().get(), store.get(), secure, clock, log);
    admission = new Admission(config.client());
    book = new RuleBook(entropy.get(), Runtime.getRuntime().availableProcessors());
    group =
        new MultiThreadIoEventLoopGroup(
            config.threads(),
            new DefaultThreadFactory("edge", true),
            config.transport().handlers());
    for (EventExecutor executor : group) {
      loops.add(
          new Loop(
              (EventLoop) executor,
              config.transport(),
              clock,
              entropy.get(),
              new ExchangeRing(config.ringCapacity()),
              log,
              config.client(),
              config.upstream(),
              cache));
    }
    rings = loops.stream().map(Loop::ring).toList();
  }

  /**
   * Listens, and serves by the latest table of {@code routes} and the latest {@code policies}
   * before it returns.
   *
   * @param entropy asked once per event loop, for a source of its own
   * @throws dev.undercloud.core.error.CloudException where it cannot listen
   */
  public static Edge start(
      EdgeConfig config,
      Watch<RoutingTable> routes,
      Watch<EdgePolicies> policies,
      Clock clock,
      Supplier<Entropy> entropy,
      LogSink log) {
    HttpCache cache = new HttpCache(CacheSettings.memory(), clock, entropy.get().nextLong());
    return start(config, routes, policies, cache, clock, entropy, log);
  }

  /**
   * The same with a cache of the caller's, who closes it after the edge.
   *
   * @throws dev.undercloud.core.error.CloudException where it cannot listen
   */
  public static Edge start(
      EdgeConfig config,
      Watch<RoutingTable> routes,
      Watch<EdgePolicies> policies,
      HttpCache cache,
      Clock clock,
      Supplier<Entropy> entropy,
      LogSink log) {
    Edge edge = new Edge(config, cache, clock, entropy, log);
    try {
      edge.loops.forEach(Loop::start);
      edge.rules = policies.follow(edge::publish);
      edge.subscription = routes.follow(edge::publish);
      if (edge.tls != null) {
        edge.tls.start(routes, policies);
      }
      edge.onEveryLoop(loop -> {});
      edge.listen(config);
      if (edge.acme != null) {
        edge.acme.start(policies);
      }
      if (config.transport() == Transport.EPOLL) {
        edge.prepareDirect();
      }
      return edge;
    } catch (RuntimeException failure) {
      edge.close(Duration.ZERO);
      throw failure;
    }
  }

  /** Linking needs the processor, and so does everything else that starts now. */
  private void prepareDirect() {
    var unused =
        group
            .iterator()
            .next()
            .schedule(
                () -> Thread.ofVirtual().name("direct").start(Direct::prepare),
                STARTED.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void listen(EdgeConfig config) {
    Map<EventLoop, Loop> byExecutor = new HashMap<>();
    int i = 0;
    for (EventExecutor executor : group) {
      byExecutor.put((EventLoop) executor, loops.get(i++));
    }
    // Accepting is shared out by the group; SO_REUSEPORT would let a stale process take a part.
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(config.transport().server())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOCATOR, Transport.BUFFERS)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(new Acceptor(byExecutor, admission, book, HANDLERS));
    Tls https = tls;
    if (https != null && config.tls().isPresent()) {
      TlsConfig secure = config.tls().get();
      // TLS has no half-closed connections: who has said farewell is gone.
      ServerBootstrap encrypted =
          bootstrap
              .clone()
              .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
              .childHandler(new Acceptor(byExecutor, admission, book, HANDLERS, https, secure));
      secureListeners.addAll(Listeners.bind(encrypted, secure.listen()));
      int port = secureAddresses().getFirst().getPort();
      book.httpsPort(port);
      onEveryLoop(loop -> loop.secure(https.challenges()));
    }
    listeners.addAll(Listeners.bind(bootstrap, config.listen()));
  }

  private void publish(EdgePolicies policies) {
    Map<String, Rules> compiled = book.compile(policies.apps());
    admission.spare(
        policies.apps().values().stream()
            .flatMap(app -> app.ingress().trustedProxies().stream())
            .toList());
    for (Loop loop : loops) {
      loop.execute(() -> loop.adopt(policies, compiled));
    }
  }

  private void publish(RoutingTable table) {
    synchronized (adoption) {
      Replicas.Known known = replicas.adopt(table, clock.nanos());
      named = new HashSet<>(known.replicas().keySet());
      newest = table.version();
      for (Loop loop : loops) {
        loop.execute(() -> loop.adopt(table, known));
      }
    }
  }

  /** Responses stored for all clients. */
  public HttpCache cache() {
    return cache;
  }

  /** Where clients connect. */
  public List<InetSocketAddress> addresses() {
    return addresses(listeners);
  }

  /** Where clients connect for HTTPS; empty where that is not served. */
  public List<InetSocketAddress> secureAddresses() {
    return addresses(secureListeners);
  }

  private static List<InetSocketAddress> addresses(List<Channel> listeners) {
    return listeners.stream().map(channel -> (InetSocketAddress) channel.localAddress()).toList();
  }

  /** Certificates that clients may get; empty where HTTPS is not served. */
  public List<Served> certificates() {
    return tls == null ? List.of() : tls.served();
  }

  /** Makes ready for HTTPS what its first client would wait for; returns at once. */
  public void warmUp() {
    if (tls != null) {
      tls.warm();
    }
  }

  /**
   * Reads every certificate file that is in use again. Blocks.
   *
   * @throws dev.undercloud.core.error.CloudException where one cannot be used; nothing has changed
   */
  public void reloadCertificates() {
    if (tls != null) {
      tls.reload();
    }
  }

  /** What control needs to drain a replica. */
  public EdgeView view() {
    return new EdgeView() {
      @Override
      public long versionInForce() {
        // Nothing is routed any more: every table without a replica is in force.
        return ended
            ? Long.MAX_VALUE
            : loops.stream().mapToLong(Loop::adoptedVersion).min().orElse(0);
      }

      @Override
      public long policiesInForce() {
        return ended
            ? Long.MAX_VALUE
            : loops.stream().mapToLong(Loop::adoptedPolicies).min().orElse(0);
      }

      @Override
      public int inFlight(String upstreamId) {
        return replicas.inFlight(upstreamId);
      }
    };
  }

  /** One per event loop; whoever reads them is the only reader. */
  public List<ExchangeRing> rings() {
    return rings;
  }

  /** Counts at this moment, not of one moment. */
  public EdgeStats stats() {
    forgetOld();
    return new EdgeStats(
        loops.stream().mapToInt(Loop::connections).sum(),
        loops.stream().mapToInt(Loop::exchanges).sum(),
        new LinkedHashMap<>(replicas.inFlight()),
        replicas.waiting(),
        loops.stream().mapToLong(loop -> loop.ring().dropped()).sum());
  }

  /** Replicas that left the table are forgotten once every loop knows and nothing is in flight. */
  private void forgetOld() {
    synchronized (adoption) {
      if (view().versionInForce() == newest) {
        replicas.retain(named);
      }
    }
  }

  /**
   * Stops accepting, answers what is in flight with {@code Connection: close} for at most {@code
   * drain}, then ends what is left. Blocks; a second call does nothing.
   */
  public synchronized void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true;
    subscription.close();
    if (acme != null) {
      acme.close();
    }
    rules.close();
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    secureListeners.forEach(listener -> listener.close().awaitUninterruptibly());
    onEveryLoop(Loop::drain);
    long until = clock.nanos() + drain.toNanos();
    try {
      while (busy() && clock.nanos() - until < 0) {
        clock.sleep(POLL);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    onEveryLoop(Loop::end);
    ended = true;
    if (tls != null) {
      tls.close();
    }
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private boolean busy() {
    return loops.stream().anyMatch(loop -> loop.exchanges() > 0);
  }

  /** As {@link #close(Duration)} without waiting for anybody. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  private void onEveryLoop(Consumer<Loop> action) {
    loops.forEach(loop -> loop.await(() -> action.accept(loop)));
  }
}
