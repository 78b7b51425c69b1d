package dev.undercloud.edge.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a TLS connection was made for: requests for anything else are misdirected (RFC 9110,
 * 15.5.20).
 *
 * @param app whose name the client asked for; empty where it asked for none, or an unknown one
 * @param clientCa whose certificates clients had to show; empty where they had to show none
 */
public record Binding(String app, Optional<Path> clientCa) {
  static final Binding OF_NOBODY = new Binding("", Optional.empty());

  /** Whether requests for {@code other}, which now has that policy, may come along. */
  public boolean serves(String other, Optional<Path> otherClientCa) {
    return (app.isEmpty() || app.equals(other)) && clientCa.equals(otherClientCa);
  }
}
