package dev.undercloud.edge.tls;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How HTTPS is served.
 *
 * @param listen where clients connect; port 0 takes any free one, the same on every address
 * @param authority folder of the local authority: see {@link LocalAuthority}
 * @param engine whose code does it
 * @param handshake from the accepted connection to the end of its handshake
 * @param handshakes that may go on at once on one event loop; more connections are closed
 * @param ticketKey how long one key encrypts session tickets; two older ones still open them
 * @param look how often own certificate files are looked at for a change
 */
public record TlsConfig(
    List<InetSocketAddress> listen,
    Path authority,
    Engine engine,
    Duration handshake,
    int handshakes,
    Duration ticketKey,
    Duration look) {

  /** Ten seconds are ten round trips over the worst satellite link. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** Each takes some 50 KB until it is done: 50 MB a loop. */
  private static final int HANDSHAKES = 1024;

  /** A ticket is good for 24 hours; who steals the keys' memory gains 36 hours and no more. */
  private static final Duration TICKET_KEY = Duration.ofHours(12);

  /** A renewed certificate serves as soon as anybody would look. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  public TlsConfig {
    listen = List.copyOf(listen);
    if (listen.isEmpty() || handshakes < 1) {
      throw new IllegalArgumentException("HTTPS listens somewhere, for at least one handshake");
    }
  }

  /** The defaults for {@code listen}. */
  public static TlsConfig on(List<InetSocketAddress> listen, Path authority) {
    return new TlsConfig(listen, authority, Engine.best(), HANDSHAKE, HANDSHAKES, TICKET_KEY, LOOK);
  }

  public TlsConfig with(Engine other) {
    return new TlsConfig(listen, authority, other, handshake, handshakes, ticketKey, look);
  }

  /** With another patience for handshakes and another number of them. */
  public TlsConfig with(Duration patience, int most) {
    return new TlsConfig(listen, authority, engine, patience, most, ticketKey, look);
  }
}
