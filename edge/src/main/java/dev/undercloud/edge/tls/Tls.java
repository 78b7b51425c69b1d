package dev.undercloud.edge.tls;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.route.RoutingTable;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate a connection is served with. Those that are needed are made when the first
 * client asks, off the event loop; only for configured hosts and this machine itself, so that their
 * number is bounded; every other name gets this machine's. Any thread.
 */
public final class Tls implements AutoCloseable {
  private final TlsConfig config;
  private final Clock clock;
  private final LogSink log;
  private final List<String> protocols;
  private final LocalAuthority authority;
  private final CertificateSource acme;
  private final Challenges challenges = new Challenges();
  private final Map<Path, Stamp> stamps = new ConcurrentHashMap<>();
  private final List<Watch.Subscription> subscriptions = new ArrayList<>();
  private final ExpiryWarnings expiry = new ExpiryWarnings();
  private final Object guard = new Object();
  private final Object loading = new Object();
  private RoutingTable table = RoutingTable.EMPTY;
  private EdgePolicies policies = EdgePolicies.NONE;
  private volatile Hosts hosts = Hosts.none();
  private @Nullable Contexts contexts;
  private @Nullable Thread keeper;
  private long rotatedAt;
  private boolean closed;

  /**
   * @param protocols offered by ALPN, the best first
   * @param acme where certificates of ACME authorities are found
   */
  public Tls(
      TlsConfig config, Clock clock, LogSink log, List<String> protocols, CertificateSource acme) {
    this.config = config;
    this.clock = clock;
    this.log = log;
    this.protocols = List.copyOf(protocols);
    this.acme = acme;
    authority = LocalAuthority.in(config.authority(), clock);
  }

  /** Serves the hosts of the latest table by the latest rules from now on. */
  public void start(Watch<RoutingTable> routes, Watch<EdgePolicies> rules) {
    subscriptions.add(
        rules.follow(next -> {
          synchronized (guard) {
            policies = next;
            publish();
          }
        }));
    subscriptions.add(
        routes.follow(next -> {
          synchronized (guard) {
            table = next;
            publish();
          }
        }));
    rotatedAt = clock.nanos();
    keeper = Thread.ofVirtual().name("tls-keeper").start(this::keep);
  }

  private void publish() {
    Hosts before = hosts;
    Hosts next = Hosts.of(table, policies, before);
    hosts = next;
    var kept = next.all();
    before.all().stream().filter(host -> !kept.contains(host)).forEach(Host::retire);
  }

  /** What an ACME server may come to look at. */
  public Challenges challenges() {
    return challenges;
  }

  public LocalAuthority authority() {
    return authority;
  }

  /** Whether HTTP/2 is among the protocols. */
  public boolean offersHttp2() {
    return protocols.contains("h2");
  }

  /**
   * The context for a client, with a reference for the caller; null where it has to be made first,
   * by {@link #make}. Never blocks.
   */
  public @Nullable ServerContext find(@Nullable String name) {
    return hosts.find(name).take();
  }

  /** The context for an ACME server, with a reference for the caller; null where none is due. */
  public @Nullable ServerContext challenge(@Nullable String name) {
    return challenges.certificate(name);
  }

  /**
   * Makes the context for {@code name} and gives it to {@code then}, on any thread, with a
   * reference; null where that is impossible.
   */
  public void make(@Nullable String name, Consumer<@Nullable ServerContext> then) {
    Host host = hosts.find(name);
    if (host.await(then)) {
      Thread.ofVirtual().name("tls-context").start(() -> host.serve(tryMake(host)));
    }
  }

  /** Makes what the first client of each host would wait for; returns at once. */
  public void warm() {
    for (Host host : hosts.all()) {
      Consumer<@Nullable ServerContext> nobody =
          made -> {
            if (made != null) {
              made.release();
            }
          };
      if (host.await(nobody)) {
        Thread.ofVirtual().name("tls-warm").start(() -> host.serve(tryMake(host)));
      }
    }
  }

  /** The reference of what is returned is the caller's. */
  private @Nullable ServerContext tryMake(Host host) {
    ServerContext made = host.take();
    if (made != null) {
      // Another one was first; the host has a reference of its own, and gets one more to give up.
      return made;
    }
    try {
      return make(host);
    } catch (CloudException | IllegalStateException | IllegalArgumentException e) {
      say(e.getMessage() + " Until then clients get this machine's certificate.");
      return emergency(host);
    }
  }

  /** Better a wrong certificate than none: the client sees what is missing. */
  private @Nullable ServerContext emergency(Host host) {
    try {
      return contexts().make(here(), host.wish.binding(), clientCa(host), protocols);
    } catch (CloudException | IllegalStateException | IllegalArgumentException e) {
      say(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private ServerContext make(Host host) {
    return contexts().make(identity(host), host.wish.binding(), clientCa(host), protocols);
  }

  private Identity identity(Host host) {
    Host.Wish wish = host.wish;
    if (wish.files().isPresent()) {
      Host.Files files = wish.files().get();
      remember(files.certificate());
      remember(files.key());
      return Pem.identity(files.certificate(), files.key(), clock.now());
    }
    String name = wish.names().getFirst();
    return wish.acme()
        .flatMap(from -> acme.of(from, name))
        .orElseGet(() -> {
          boolean local = LocalNames.isAddress(name) || LocalNames.covers(name);
          if (!local && wish.acme().isEmpty()) {
            say(
                name
                    + " has no certificate: name one in [tls], or an authority in [tls.acme]. Until then clients get this machine's.");
          }
          return local ? authority.leaf(wish.names()) : here();
        });
  }

  private Identity here() {
    return authority.leaf(Hosts.HERE);
  }

  private List<X509Certificate> clientCa(Host host) {
    return host.wish
        .binding()
        .clientCa()
        .map(file -> {
          remember(file);
          return Pem.certificates(file);
        })
        .orElse(List.of());
  }

  private void remember(Path file) {
    stamps.put(file, Stamp.of(file));
  }

  /** Loads the native part on first use: nobody waits for it who speaks no TLS. */
  private Contexts contexts() {
    synchronized (loading) {
      if (contexts == null) {
        String regret = config.engine().regret();
        if (regret != null) {
          say(
              "TLS is done by the JDK, which takes more CPU: BoringSSL does not load ("
                  + regret
                  + ")");
        }
        // The last ticket that a key makes is good until two more keys have followed it.
        contexts = new Contexts(config.engine(), config.ticketKey().multipliedBy(2));
      }
      return contexts;
    }
  }

  // ---------------------------------------------------------------- in the course of time

  private void keep() {
    try {
      while (true) {
        clock.sleep(config.look());
        look();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    rotateTickets();
    List<Path> changed = changed();
    for (Host host : hosts.all()) {
      ServerContext current = host.peek();
      if (current != null && (uses(host, changed) || isDue(host, current))) {
        replace(host);
      }
    }
    warn();
  }

  private void warn() {
    for (Host host : hosts.all()) {
      ServerContext current = host.peek();
      if (current != null && host.wish.files().isPresent()) {
        Path file = host.wish.files().get().certificate();
        expiry.of(file, current.identity, clock.now(), clock.nanos()).ifPresent(this::say);
      }
    }
  }

  private List<Path> changed() {
    List<Path> changed = new ArrayList<>();
    stamps.forEach((file, stamp) -> {
      if (!Stamp.of(file).equals(stamp)) {
        changed.add(file);
      }
    });
    return changed;
  }

  private static boolean uses(Host host, List<Path> changed) {
    Host.Wish wish = host.wish;
    return !changed.isEmpty()
        && (wish.binding().clientCa().filter(changed::contains).isPresent()
            || wish.files()
                .filter(f -> changed.contains(f.certificate()) || changed.contains(f.key()))
                .isPresent());
  }

  private boolean isDue(Host host, ServerContext current) {
    boolean ours = host.wish.files().isEmpty() && host.wish.acme().isEmpty();
    return ours && clock.now().isAfter(current.identity.renewAt());
  }

  /** Files that do not fit, such as a certificate whose key is not written yet, change nothing. */
  private void replace(Host host) {
    try {
      host.replace(make(host));
    } catch (CloudException | IllegalStateException | IllegalArgumentException e) {
      say(e.getMessage() + " The certificate before stays in use.");
    }
  }

  /**
   * Reads every certificate file that is in use again, now.
   *
   * @throws CloudException where one cannot be used; then nothing has changed
   */
  public void reload() {
    Map<Host, ServerContext> made = new LinkedHashMap<>();
    try {
      for (Host host : hosts.all()) {
        if (host.wish.files().isPresent() || host.wish.binding().clientCa().isPresent()) {
          made.put(host, make(host));
        }
      }
    } catch (CloudException | IllegalStateException | IllegalArgumentException e) {
      made.values().forEach(ServerContext::release);
      throw e;
    }
    made.forEach(Host::replace);
  }

  /**
   * Reads what {@code policy} names, as it would be used from {@code now} on.
   *
   * @throws CloudException where it cannot be
   */
  public static void check(TlsPolicy policy, Instant now) {
    policy.certificate().ifPresent(file -> Pem.identity(file, policy.key().orElse(file), now));
    policy.clientCa().ifPresent(Pem::certificates);
  }

  /** An ACME authority has given certificates for {@code names}: serves with them. */
  public void renewed(List<String> names) {
    for (Host host : hosts.all()) {
      if (host.peek() != null && host.wish.names().stream().anyMatch(names::contains)) {
        replace(host);
      }
    }
  }

  /**
   * Proves to ACME servers that we answer for {@code name}, until closed.
   *
   * @param digest SHA-256 of the key authorization (RFC 8737, 3)
   */
  public Challenges.Published prove(String name, byte[] digest) {
    Identity identity = Certificates.challenge(name, digest, clock.now());
    List<String> only = List.of(Challenges.PROTOCOL);
    return challenges.certificate(
        name, contexts().make(identity, Binding.OF_NOBODY, List.of(), only));
  }

  private void rotateTickets() {
    long now = clock.nanos();
    if (now - rotatedAt < config.ticketKey().toNanos()) {
      return;
    }
    rotatedAt = now;
    TicketKeys keys = contexts().rotate();
    for (Host host : hosts.all()) {
      ServerContext current = host.take();
      if (current != null) {
        current.adopt(keys);
        current.release();
      }
    }
  }

  private void say(String sentence) {
    log.log(new LogLine(clock.now(), LogLine.Source.EDGE, null, null, null, sentence));
  }

  @Override
  public void close() {
    synchronized (guard) {
      if (closed) {
        return;
      }
      closed = true;
    }
    subscriptions.forEach(Watch.Subscription::close);
    if (keeper != null) {
      keeper.interrupt();
    }
    hosts.all().forEach(Host::retire);
  }
}
