package dev.undercloud.edge.tls;

import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * What a TLS connection was made for: requests for anything else are misdirected (RFC 9110,
 * 15.5.20).
 *
 * @param app whose name the client asked for; empty where it asked for none, or an unknown one
 * @param clientCa whose certificates clients had to show; empty where they had to show none
 * @param version of TLS, times ten: 12, 13; 0 before it is agreed upon
 * @param clientCertificate the one that the client has shown, DER in Base64; empty for none, and
 *     before the handshake is done
 */
public record Binding(String app, Optional<Path> clientCa, int version, String clientCertificate) {
  static final Binding OF_NOBODY = new Binding("", Optional.empty());

  Binding(String app, Optional<Path> clientCa) {
    this(app, clientCa, 0, "");
  }

  /** The same for a connection whose handshake is done. */
  public Binding of(SSLSession session) {
    String protocol = session.getProtocol();
    int agreed = protocol.equals("TLSv1.3") ? 13 : protocol.equals("TLSv1.2") ? 12 : 0;
    return new Binding(app, clientCa, agreed, clientCa.isEmpty() ? "" : shown(session));
  }

  /** The same for a client that somebody else speaks for, with a certificate of his own. */
  public Binding ofAnother() {
    return new Binding(app, clientCa, version, "");
  }

  private static String shown(SSLSession session) {
    try {
      return Base64.getEncoder().encodeToString(session.getPeerCertificates()[0].getEncoded());
    } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
      // Without one that holds the handshake would have failed.
      throw new IllegalStateException(e);
    }
  }

  /** Whether requests for {@code other}, which now has that policy, may come along. */
  public boolean serves(String other, Optional<Path> otherClientCa) {
    return (app.isEmpty() || app.equals(other)) && clientCa.equals(otherClientCa);
  }
}
