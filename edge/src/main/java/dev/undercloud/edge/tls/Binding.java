package dev.undercloud.edge.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a TLS connection was made for: requests for anything else are misdirected (RFC 9110,
 * 15.5.20).
 *
 * @param app whose name the client asked for; empty where it asked for none, or an unknown one
 * @param clientCa whose certificates clients had to show; empty where they had to show none
 * @param version of TLS, times ten: 12, 13; 0 before it is agreed upon
 */
public record Binding(String app, Optional<Path> clientCa, int version) {
  static final Binding OF_NOBODY = new Binding("", Optional.empty());

  Binding(String app, Optional<Path> clientCa) {
    this(app, clientCa, 0);
  }

  /**
   * The same for a connection that has agreed upon a protocol.
   *
   * @param protocol as the JDK names it: {@code TLSv1.3}
   */
  public Binding by(String protocol) {
    int agreed = protocol.equals("TLSv1.3") ? 13 : protocol.equals("TLSv1.2") ? 12 : 0;
    return new Binding(app, clientCa, agreed);
  }

  /** Whether requests for {@code other}, which now has that policy, may come along. */
  public boolean serves(String other, Optional<Path> otherClientCa) {
    return (app.isEmpty() || app.equals(other)) && clientCa.equals(otherClientCa);
  }
}
