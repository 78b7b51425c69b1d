package dev.undercloud.edge.proxy;

import java.time.Duration;

/**
 * What one client, and all of them together, may take from the edge.
 *
 * @param connections open at once, of all clients; more are answered 503 and closed
 * @param connectionsPerAddress open at once from one address
 * @param firstByte how long a new connection may say nothing
 * @param head from the first byte of a head to its last: 408
 * @param window over which the two rates below are measured
 * @param leastBytesPerSecond a body slower than this in either direction, where it is the client
 *     that does not move, is a client that only holds a connection: 408, or cut off
 * @param movingBytesPerSecond a body at least this fast is exempt from the request timeout: a large
 *     transfer is not a stuck one
 * @param streamIdle how long a tunnel or an event stream may be silent in both directions
 * @param linger how long we read on after an early last response, so that the client gets to see it
 * @param halfClose how long a client that has closed its sending side is still waited for: it may
 *     want the answer, but most often it is gone and nobody reads
 */
public record ClientLimits(
    int connections,
    int connectionsPerAddress,
    Duration firstByte,
    Duration head,
    Duration window,
    int leastBytesPerSecond,
    int movingBytesPerSecond,
    Duration streamIdle,
    Duration linger,
    Duration halfClose) {
  /**
   * 10,000 connections take about 100 MB in the worst case of full buffers at rest; 2,048 from one
   * address leave room for an office or a mobile carrier behind one NAT while one host cannot take
   * all; 10 s for a head are ten round trips over the worst satellite link; 512 B/s is slower than
   * any modem; 32 KiB/s is slower than any transfer somebody waits for; an hour of silence is what
   * load balancers allow WebSockets at most; 2 s of lingering are a few round trips.
   */
  public static final ClientLimits DEFAULT =
      new ClientLimits(
          10_000,
          2_048,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          512,
          32 << 10,
          Duration.ofHours(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(1));

  public ClientLimits {
    if (connections < 1 || connectionsPerAddress < 1) {
      throw new IllegalArgumentException("at least one connection must be allowed");
    }
  }

  /** The same with another number of connections, for a machine with few descriptors. */
  public ClientLimits withConnections(int most) {
    return new ClientLimits(
        most,
        connectionsPerAddress,
        firstByte,
        head,
        window,
        leastBytesPerSecond,
        movingBytesPerSecond,
        streamIdle,
        linger,
        halfClose);
  }
}
