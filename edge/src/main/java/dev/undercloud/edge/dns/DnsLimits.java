package dev.undercloud.edge.dns;

import java.time.Duration;

/**
 * What those who ask may take from the DNS server.
 *
 * @param answersPerSecond by UDP for one network (/24, /56); 0: no limit
 * @param connections by TCP at once
 * @param connectionsPerClient of one address
 * @param idle after which a connection that asks nothing, or takes nothing, ends (RFC 7766, 6.2.3)
 */
public record DnsLimits(
    int answersPerSecond, int connections, int connectionsPerClient, Duration idle) {
  /** A busy resolver of a provider asks less often for the names of one small server. */
  private static final int ANSWERS_PER_SECOND = 500;

  private static final int CONNECTIONS = 512;

  private static final int CONNECTIONS_PER_CLIENT = 64;

  private static final Duration IDLE = Duration.ofSeconds(10);

  public static final DnsLimits DEFAULT =
      new DnsLimits(ANSWERS_PER_SECOND, CONNECTIONS, CONNECTIONS_PER_CLIENT, IDLE);

  public DnsLimits {
    if (answersPerSecond < 0 || answersPerSecond > 1_000_000) {
      throw new IllegalArgumentException("answers a second: 0 to 1000000");
    }
    if (connections < 1 || connectionsPerClient < 1 || idle.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("connections: at least one, for at least a second");
    }
  }

  public DnsLimits withAnswersPerSecond(int limit) {
    return new DnsLimits(limit, connections, connectionsPerClient, idle);
  }

  public DnsLimits withConnections(int all, int perClient, Duration idleFor) {
    return new DnsLimits(answersPerSecond, all, perClient, idleFor);
  }
}
