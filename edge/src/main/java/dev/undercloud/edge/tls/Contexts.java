package dev.undercloud.edge.tls;

import dev.undercloud.core.id.Entropy;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLException;

/** Makes {@link ServerContext}s: TLS 1.2 and 1.3 with what Mozilla calls intermediate. Blocks. */
final class Contexts {
  /** ECDHE with AEAD alone: forward secret, and nothing that an oracle can open. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  private final SslProvider provider;
  private final TicketKeys tickets = new TicketKeys(Entropy.secure());
  private final long sessionSeconds;

  Contexts(Engine engine, Duration sessions) {
    provider = engine.provider();
    sessionSeconds = sessions.toSeconds();
    if (provider == SslProvider.JDK && System.getProperty(NO_RENEGOTIATION) == null) {
      // BoringSSL never renegotiates; the JDK has to be told.
      System.setProperty(NO_RENEGOTIATION, "true");
    }
  }

  /**
   * @param protocols offered by ALPN, the best first
   */
  ServerContext make(
      Identity identity, Binding binding, List<X509Certificate> clientCa, List<String> protocols) {
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                identity.key(), identity.chain().toArray(X509Certificate[]::new))
            .sslProvider(provider)
            .protocols("TLSv1.3", "TLSv1.2")
            .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .sessionTimeout(sessionSeconds)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    protocols));
    if (!clientCa.isEmpty()) {
      builder.trustManager(clientCa.toArray(X509Certificate[]::new)).clientAuth(ClientAuth.REQUIRE);
    }
    try {
      SslContext ssl = builder.build();
      if (ssl.sessionContext() instanceof OpenSslServerSessionContext sessions) {
        // Tickets alone: a cache would grow with every client that comes once.
        sessions.setSessionCacheEnabled(false);
      }
      ServerContext made = new ServerContext(ssl, identity, binding, scope(binding, clientCa));
      made.adopt(tickets);
      return made;
    } catch (SSLException e) {
      throw new IllegalStateException("a certificate cannot be used: " + e.getMessage(), e);
    }
  }

  /** Tickets are good within one app, and while the same authorities vouch for clients. */
  private static String scope(Binding binding, List<X509Certificate> clientCa) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate each : clientCa) {
        digest.update(each.getEncoded());
      }
      String path = binding.clientCa().map(Path::toString).orElse("");
      return binding.app() + "\n" + path + "\n" + HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Gives tickets a new key; every context in use must then {@link ServerContext#adopt} them. */
  TicketKeys rotate() {
    tickets.rotate();
    return tickets;
  }
}
