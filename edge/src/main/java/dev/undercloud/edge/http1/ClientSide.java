package dev.undercloud.edge.http1;

import dev.undercloud.edge.net.ClientAddress;
import dev.undercloud.edge.net.Ipv6Text;
import dev.undercloud.edge.tls.Binding;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What every request of one client connection tells the replica about the client, as bytes made
 * once. Immutable.
 */
public final class ClientSide {
  /** Who is counted and judged. */
  public final ClientAddress address;

  /** Whether the client sees {@code https}: by its own connection, or by a proxy we trust. */
  public final boolean secure;

  /** Who named the client in a PROXY protocol header; null where the connection began with none. */
  public final @Nullable ClientAddress balancer;

  /**
   * A longer certificate is not told, in Base64: servers in Python take lines of 8 KiB, and real
   * ones have 2.
   */
  static final int MOST_CERTIFICATE = 6 << 10;

  private final @Nullable InetAddress local;
  private final int port;

  /**
   * {@code Client-Cert} of a client that has shown one (RFC 9440), {@code X-Forwarded-For}, {@code
   * -Proto}, {@code -Port}, and {@code Forwarded} up to its host.
   */
  final byte[] fields;

  /** What its TLS connection was made for; null where it is not encrypted. */
  public final @Nullable Binding binding;

  /** Host for an HTTP/1.0 client that sent none: the address and port it came to. */
  final byte[] ownHost;

  /**
   * @param client the peer's address; null where it has none (a Unix socket)
   * @param local the address it came to; null where it has none
   * @param port the port it came to
   * @param scheme {@code http} or {@code https}
   */
  public ClientSide(
      @Nullable InetAddress client, @Nullable InetAddress local, int port, String scheme) {
    this(client, local, port, scheme, null, null);
  }

  /**
   * @param binding null where the connection is not encrypted, or not by us
   * @param balancer who sent a PROXY protocol header; null for nobody
   */
  public ClientSide(
      @Nullable InetAddress client,
      @Nullable InetAddress local,
      int port,
      String scheme,
      @Nullable Binding binding,
      @Nullable InetAddress balancer) {
    this.binding = binding;
    this.balancer = balancer == null ? null : ClientAddress.of(balancer);
    this.address = ClientAddress.of(client);
    this.local = local;
    this.port = port;
    secure = scheme.equals("https");
    String address = client == null ? "unknown" : this.address.text();
    String node = client instanceof Inet6Address ? "\"[" + address + "]\"" : address;
    fields =
        Octets.ascii(
            "%sX-Forwarded-For: %s\r\nX-Forwarded-Proto: %s\r\nX-Forwarded-Port: %d\r\nForwarded: for=%s;proto=%s"
                .formatted(certificate(binding), address, scheme, port, node, scheme));
    String own = local == null ? "localhost" : Ipv6Text.of(local);
    ownHost = Octets.ascii((local instanceof Inet6Address ? "[" + own + "]" : own) + ":" + port);
  }

  private static String certificate(@Nullable Binding binding) {
    String shown = binding == null ? "" : binding.clientCertificate();
    return shown.isEmpty() || shown.length() > MOST_CERTIFICATE
        ? ""
        : "Client-Cert: :" + shown + ":\r\n";
  }

  /** The same way to us for another client, whom a trusted proxy names. */
  public ClientSide behind(InetAddress client, String scheme) {
    Binding way = binding == null ? null : binding.ofAnother();
    return new ClientSide(client, local, port, scheme, way, null);
  }
}
