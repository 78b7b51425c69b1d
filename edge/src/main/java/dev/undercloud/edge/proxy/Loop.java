package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.route.Address;
import dev.undercloud.core.route.AppRoute;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeRing;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.balance.Keys;
import dev.undercloud.edge.balance.Replica;
import dev.undercloud.edge.balance.Replicas;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.RequestEdits;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.RequestRewriter;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.http1.ResponseRewriter;
import dev.undercloud.edge.http2.FieldList;
import dev.undercloud.edge.http2.RequestText;
import dev.undercloud.edge.http2.ResponseFields;
import dev.undercloud.edge.net.Pipe;
import dev.undercloud.edge.net.ReceiveBuffer;
import dev.undercloud.edge.net.Transport;
import dev.undercloud.edge.rule.Rules;
import dev.undercloud.edge.tls.Challenges;
import dev.undercloud.edge.tls.ClientHello;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the connections of one event loop share: parsers and their arrays, routes, pools, deadlines,
 * the ring. Runs on that loop's thread, but for the methods that say otherwise.
 */
public final class Loop {
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A head and the body that is copied behind it. */
  private static final int RESPONSE_BYTES = 16 << 10;

  /** Nearly every head of a request. */
  private static final int REQUEST_BYTES = 2 << 10;

  /** Requests in flight on one loop, nearly always. */
  private static final int REQUESTS = 128;

  /** Fewer bytes than this are copied rather than kept in the buffer they were read into. */
  private static final int COPIED_BYTES = 16 << 10;

  /** Reads of one connection before the others get their turn: 1 MiB. */
  static final int READS_A_TURN = 16;

  /**
   * Requests held for their bodies, of 16 KiB and one read each: some 100 MiB at the very worst.
   */
  private static final int MOST_GATHERING = 2_048;

  /** Responses that are written before the first of them is flushed, nearly always. */
  private static final int RESPONSES = 32;

  final EventLoop executor;
  final Clock clock;
  final Entropy entropy;
  final ClientLimits clientLimits;
  final UpstreamLimits upstreamLimits;
  final FailureLog log;
  final Wheel wheel;

  /** Heads are parsed here, and rewritten there: copied once each way, allocated never. */
  final byte[] in;

  final byte[] out;
  final RequestHead request;
  final ResponseHead response;
  final ResponseRewriter rewriter = new ResponseRewriter();
  final Edits edits = new Edits();
  final CacheStep caching;
  private final TlsGate gate = new TlsGate(this);
  final Front front;
  final RequestEdits requestEdits = new RequestEdits();
  final ClientHello hello = new ClientHello();

  /** TLS connections whose handshake is not done. */
  final Set<TlsClient> handshakes = new HashSet<>();

  /** Heads of HTTP/2, each of one request or response at a time. */
  final FieldList fields = new FieldList();

  final ResponseFields responseFields = new ResponseFields();
  final RequestText requestText;

  /** The same, of replicas that speak HTTP/2. */
  final ReplicaHeads replicaHeads = new ReplicaHeads();

  final long reuseForWritesNanos;
  private final ExchangeRing ring;
  private final Bootstrap unixDialer;
  private final Bootstrap tcpDialer;
  private final Transport transport;
  private final Map<String, ReplicaPool> pools = new HashMap<>();
  private final LinkedHashSet<Exchange> waiting = new LinkedHashSet<>();
  private final AppQueues queues = new AppQueues(this);
  private String lastClient = "";
  private long lastClientKey;
  private int gathering;
  private final LinkedHashSet<Client> clients = new LinkedHashSet<>();
  final Lasting lasting = new Lasting();
  final ReceiveBuffer receive = new ReceiveBuffer();
  final Pipe pipe = new Pipe();

  /** Heads and small bodies of responses. */
  final Scratch responses = new Scratch(RESPONSES, RESPONSE_BYTES);

  /** Heads and small bodies of requests, which stay until a replica has answered. */
  final Scratch requests = new Scratch(REQUESTS, REQUEST_BYTES);

  final Flushes flushes;
  private Routes routes = new Routes(0, List.of());
  private long epochOffsetNanos;
  private long sweptAt;
  private boolean closing;
  private volatile long adopted;
  private EdgePolicies policies = EdgePolicies.NONE;
  private Map<String, Rules> rules = Map.of();
  private volatile long adoptedPolicies;

  /** Copies of requests on their way to other apps. */
  int mirrors;

  private final AtomicInteger exchanges = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * @param entropy this loop's own
   * @param ring this loop's own
   * @param cache that of all loops
   */
  public Loop(
      EventLoop executor,
      Transport transport,
      Clock clock,
      Entropy entropy,
      ExchangeRing ring,
      LogSink log,
      ClientLimits clientLimits,
      UpstreamLimits upstreamLimits,
      HttpCache cache) {
    this.executor = executor;
    this.transport = transport;
    this.clock = clock;
    this.entropy = entropy;
    requestText = new RequestText(entropy);
    this.ring = ring;
    this.clientLimits = clientLimits;
    this.upstreamLimits = upstreamLimits;
    reuseForWritesNanos = upstreamLimits.reuseForWrites().toNanos();
    this.log = new FailureLog(log, clock);
    flushes = new Flushes(executor, this.log);
    HeadLimits heads = HeadLimits.DEFAULT;
    in = new byte[heads.headBytes()];
    int growth = Math.max(RequestRewriter.GROWTH, ResponseRewriter.GROWTH) + Edits.MOST_BYTES;
    out = new byte[heads.headBytes() + growth];
    request = new RequestHead(heads);
    response = new ResponseHead(heads);
    caching = new CacheStep(this, cache);
    front = new Front(this, gate);
    unixDialer = transport.dialer(executor, true).option(ChannelOption.RCVBUF_ALLOCATOR, receive);
    tcpDialer = transport.dialer(executor, false).option(ChannelOption.RCVBUF_ALLOCATOR, receive);
    wheel = new Wheel(clock.nanos());
    syncEpoch();
  }

  /** Starts the one periodic task of this loop. Any thread. */
  public void start() {
    var unused =
        executor.scheduleAtFixedRate(
            this::tick, Wheel.TICK_NANOS, Wheel.TICK_NANOS, TimeUnit.NANOSECONDS);
  }

  /** HTTPS is served too; {@code challenges} are what ACME servers ask for. */
  public void secure(Challenges challenges) {
    gate.open(challenges);
  }

  /** Runs {@code task} on this loop, in order. Any thread. */
  public void execute(Runnable task) {
    executor.execute(task);
  }

  /** Runs {@code task} on this loop and waits for its end. Any thread but an event loop's. */
  public void await(Runnable task) {
    executor.submit(task).awaitUninterruptibly();
  }

  /** Where this loop's exchanges go. Any thread. */
  public ExchangeRing ring() {
    return ring;
  }

  /** The version of the table this loop routes by. Any thread. */
  public long adoptedVersion() {
    return adopted;
  }

  /** Exchanges and tunnels in flight. Any thread. */
  public int exchanges() {
    return exchanges.getAcquire();
  }

  /** Client connections open. Any thread. */
  public int connections() {
    return connections.getAcquire();
  }

  /** The version of the rules this loop follows. Any thread. */
  public long adoptedPolicies() {
    return adoptedPolicies;
  }

  /**
   * Follows {@code next} from now on.
   *
   * @param compiled its rules by app
   */
  public void adopt(EdgePolicies next, Map<String, Rules> compiled) {
    policies = next;
    rules = compiled;
    if (next.apps().values().stream().anyMatch(AppPolicy::servesFiles)) {
      Serving.prepare();
    }
    List<App> apps = new ArrayList<>();
    for (App app : routes.apps) {
      apps.add(app(app.route, app.pools));
    }
    routes = new Routes(routes.version, apps);
    adoptedPolicies = next.version();
  }

  /** Routes by {@code table} from now on. */
  public void adopt(RoutingTable table, Replicas.Known known) {
    queues.adopt(known.services());
    pools.values().forEach(ReplicaPool::retire);
    List<App> apps = new ArrayList<>();
    for (AppRoute route : table.apps()) {
      List<ReplicaPool> own = new ArrayList<>();
      AppQueue queue = queues.of(route.app());
      for (Upstream upstream : route.upstreams()) {
        ReplicaPool pool =
            pools.computeIfAbsent(upstream.id(), id -> pool(upstream, known.replicas()));
        pool.unretire();
        pool.idleNanos = route.upstreamIdle().toNanos();
        pool.queue = queue;
        own.add(pool);
      }
      apps.add(app(route, own.toArray(ReplicaPool[]::new)));
    }
    pools.values().forEach(ReplicaPool::settle);
    pools.values().removeIf(ReplicaPool::isForgotten);
    routes = new Routes(table.version(), apps);
    adopted = table.version();
    lasting.adopted();
    queues.retain(known.services().keySet());
    wakeWaiting();
  }

  private App app(AppRoute route, ReplicaPool[] own) {
    String name = route.app();
    AppQueue queue = queues.of(name);
    App app = new App(route, policies.of(name), rules.get(name), own, queue, this);
    queue.follow(app);
    return app;
  }

  private ReplicaPool pool(Upstream upstream, Map<String, Replica> replicas) {
    Replica replica = replicas.get(upstream.id());
    if (replica == null) {
      throw new IllegalStateException("no counts for " + upstream.id());
    }
    boolean unix = upstream.address() instanceof Address.Unix;
    return new ReplicaPool(
        replica,
        unix ? unixDialer : tcpDialer,
        transport.resolve(upstream.address()),
        upstreamLimits.connections());
  }

  /**
   * Answers what is in flight and asks clients to leave; idle ones leave now, and what could last
   * for ever comes to an end.
   */
  public void drain() {
    closing = true;
    lasting.departAll();
    List.copyOf(handshakes).forEach(TlsClient::kill);
    for (Client client : List.copyOf(clients)) {
      client.leave();
    }
  }

  /** Ends everything that is still open. */
  public void end() {
    closing = true;
    for (Client client : List.copyOf(clients)) {
      client.kill();
    }
    pools.values().forEach(ReplicaPool::closeIdle);
    responses.close();
    requests.close();
    receive.release();
    pipe.close();
    flushes.close();
    front.close();
  }

  boolean closing() {
    return closing;
  }

  Routes routes() {
    return routes;
  }

  /**
   * {@code bytes}, read into the receive buffer and to be kept for a while, with their reference
   * taken and given: copied where they are few, so that they do not keep all of that buffer.
   */
  ByteBuf keep(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (length > COPIED_BYTES) {
      return bytes;
    }
    ByteBuf copy = alloc().directBuffer(Math.max(1, length)).writeBytes(bytes);
    bytes.release();
    return copy;
  }

  ByteBufAllocator alloc() {
    return Transport.BUFFERS;
  }

  long nanos() {
    return clock.nanos();
  }

  /** Wall time of a monotonic moment, in microseconds since 1970. */
  long epochMicros(long nanos) {
    return (nanos + epochOffsetNanos) / 1000;
  }

  void opened(Client client) {
    clients.add(client);
    connections.setRelease(clients.size());
    if (closing) {
      client.kill();
    }
  }

  void closed(Client client) {
    clients.remove(client);
    connections.setRelease(clients.size());
  }

  void began() {
    exchanges.setRelease(exchanges.getPlain() + 1);
  }

  void finished(Exchange exchange) {
    exchanges.setRelease(exchanges.getPlain() - 1);
    ring.offer(exchange.slot);
  }

  /**
   * Whether {@code exchange} may wait for a replica to come back: {@link #wakeWaiting} tells it to
   * look. Those that wait for room are in the line of their app's {@link AppQueue}.
   */
  boolean park(Exchange exchange) {
    return waiting.size() < upstreamLimits.waiting() && waiting.add(exchange);
  }

  void unpark(Exchange exchange) {
    waiting.remove(exchange);
  }

  /** A connection has come free: whoever is next in the line for this replica's app gets it. */
  void roomIn(ReplicaPool pool) {
    AppQueue queue = pool.queue;
    if (queue != null && queue.waiting() > 0) {
      queue.serve();
    }
  }

  /** Whether one more request may be held until a part of its body is there. */
  boolean mayGather() {
    return gathering < MOST_GATHERING;
  }

  void gathers(int more) {
    gathering += more;
  }

  /** What hashes of the client's address begin with: computed once for its requests in a row. */
  long addressKey(String client) {
    if (!client.equals(lastClient)) {
      lastClient = client;
      lastClientKey = Keys.ofAddress(client);
    }
    return lastClientKey;
  }

  private void wakeWaiting() {
    if (waiting.isEmpty()) {
      return;
    }
    List<Exchange> all = List.copyOf(waiting);
    waiting.clear();
    for (Exchange exchange : all) {
      exchange.toReplica.retry();
    }
  }

  private void tick() {
    long now = nanos();
    wakeWaiting();
    lasting.tick();
    flushes.tick();
    queues.tick(now);
    wheel.advance(now);
    if (now - sweptAt >= SWEEP_NANOS) {
      sweptAt = now;
      syncEpoch();
      queues.sweep(now);
      for (Iterator<ReplicaPool> all = pools.values().iterator(); all.hasNext(); ) {
        ReplicaPool pool = all.next();
        pool.sweep(now);
        if (pool.isForgotten()) {
          all.remove();
        }
      }
    }
  }

  /** The wall clock may jump; durations must not. */
  private void syncEpoch() {
    Instant wall = clock.now();
    epochOffsetNanos = wall.getEpochSecond() * 1_000_000_000 + wall.getNano() - clock.nanos();
  }
}
