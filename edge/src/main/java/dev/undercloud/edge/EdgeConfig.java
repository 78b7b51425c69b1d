package dev.undercloud.edge;

import dev.undercloud.edge.acme.AcmeConfig;
import dev.undercloud.edge.net.Descriptors;
import dev.undercloud.edge.net.Transport;
import dev.undercloud.edge.proxy.ClientLimits;
import dev.undercloud.edge.proxy.UpstreamLimits;
import dev.undercloud.edge.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * How the edge runs.
 *
 * @param listen where clients connect; port 0 takes any free one, the same on every address
 * @param threads event loops
 * @param transport how bytes move; {@link Transport#best} unless a test wants the other
 * @param ringCapacity exchanges that may wait for telemetry per event loop; a power of two
 * @param client what clients may take
 * @param upstream what is asked of replicas
 * @param tls how HTTPS is served beside; empty for not at all
 * @param acme where certificates of public names come from; empty for nowhere
 */
public record EdgeConfig(
    List<InetSocketAddress> listen,
    int threads,
    Transport transport,
    int ringCapacity,
    ClientLimits client,
    UpstreamLimits upstream,
    Optional<TlsConfig> tls,
    Optional<AcmeConfig> acme) {

  /**
   * Records of about 256 bytes, of all loops together: the requests of a tenth of a second, some 4
   * MiB.
   */
  private static final int SLOTS = 16_384;

  private static final int FEWEST_SLOTS = 2_048;

  /** Descriptors that are not connections of clients: listeners, files, the rest of the product. */
  private static final int OTHER_DESCRIPTORS = 512;

  private static final int FEWEST_CONNECTIONS = 64;

  /** More loops than this gain nothing: one moves some 50,000 requests a second. */
  private static final int MOST_THREADS = 8;

  public EdgeConfig {
    listen = List.copyOf(listen);
    if (listen.isEmpty() || threads < 1) {
      throw new IllegalArgumentException("an edge listens somewhere, with at least one thread");
    }
  }

  /** Without HTTPS. */
  public EdgeConfig(
      List<InetSocketAddress> listen,
      int threads,
      Transport transport,
      int ringCapacity,
      ClientLimits client,
      UpstreamLimits upstream) {
    this(
        listen,
        threads,
        transport,
        ringCapacity,
        client,
        upstream,
        Optional.empty(),
        Optional.empty());
  }

  /** The defaults for {@code listen} on a machine with {@code cores} processors. */
  public static EdgeConfig on(List<InetSocketAddress> listen, int cores) {
    int threads = Math.clamp(cores, 1, MOST_THREADS);
    // A proxied connection takes two descriptors.
    int room = Math.max(FEWEST_CONNECTIONS, (Descriptors.most() - OTHER_DESCRIPTORS) / 2);
    ClientLimits client = ClientLimits.DEFAULT;
    return new EdgeConfig(
        listen,
        threads,
        Transport.best(),
        Math.max(FEWEST_SLOTS, Integer.highestOneBit(SLOTS / threads)),
        client.withConnections(Math.min(client.connections(), room)),
        UpstreamLimits.DEFAULT);
  }

  public EdgeConfig with(ClientLimits limits) {
    return new EdgeConfig(listen, threads, transport, ringCapacity, limits, upstream, tls, acme);
  }

  public EdgeConfig with(UpstreamLimits limits) {
    return new EdgeConfig(listen, threads, transport, ringCapacity, client, limits, tls, acme);
  }

  /** The same with HTTPS beside. */
  public EdgeConfig with(TlsConfig https) {
    return new EdgeConfig(
        listen, threads, transport, ringCapacity, client, upstream, Optional.of(https), acme);
  }

  /** The same with certificates of ACME authorities. */
  public EdgeConfig with(AcmeConfig authorities) {
    return new EdgeConfig(
        listen, threads, transport, ringCapacity, client, upstream, tls, Optional.of(authorities));
  }
}
