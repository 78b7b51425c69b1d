package dev.undercloud.edge;

import dev.undercloud.edge.net.Transport;
import dev.undercloud.edge.proxy.ClientLimits;
import dev.undercloud.edge.proxy.UpstreamLimits;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How the edge runs.
 *
 * @param listen where clients connect; port 0 takes any free one, the same on every address
 * @param threads event loops
 * @param transport how bytes move; {@link Transport#best} unless a test wants the other
 * @param ringCapacity exchanges that may wait for telemetry per event loop; a power of two
 * @param client what clients may take
 * @param upstream what is asked of replicas
 */
public record EdgeConfig(
    List<InetSocketAddress> listen,
    int threads,
    Transport transport,
    int ringCapacity,
    ClientLimits client,
    UpstreamLimits upstream) {

  /** A slot is about 1 KiB: 4 MiB a loop hold a burst of 4,096 requests. */
  private static final int RING = 4_096;

  /** More loops than this gain nothing: one moves some 50,000 requests a second. */
  private static final int MOST_THREADS = 8;

  public EdgeConfig {
    listen = List.copyOf(listen);
    if (listen.isEmpty() || threads < 1) {
      throw new IllegalArgumentException("an edge listens somewhere, with at least one thread");
    }
  }

  /** The defaults for {@code listen} on a machine with {@code cores} processors. */
  public static EdgeConfig on(List<InetSocketAddress> listen, int cores) {
    return new EdgeConfig(
        listen,
        Math.clamp(cores, 1, MOST_THREADS),
        Transport.best(),
        RING,
        ClientLimits.DEFAULT,
        UpstreamLimits.DEFAULT);
  }

  public EdgeConfig with(ClientLimits limits) {
    return new EdgeConfig(listen, threads, transport, ringCapacity, limits, upstream);
  }

  public EdgeConfig with(UpstreamLimits limits) {
    return new EdgeConfig(listen, threads, transport, ringCapacity, client, limits);
  }
}
