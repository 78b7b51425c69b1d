package dev.undercloud.edge.acme;

import dev.undercloud.edge.tls.Tls;
import org.shredzone.acme4j.Identifier;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Dns01Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;

/** Shows an authority what it wants to see, where it will look. */
final class Proof {
  private Proof() {}

  /** Visible when it returns, until what is returned is closed. */
  static AutoCloseable publish(Challenge challenge, Identifier name, Tls tls, DnsChallenges dns) {
    return switch (challenge) {
      case Http01Challenge http -> tls.challenges().file(http.getToken(), http.getAuthorization());
      case TlsAlpn01Challenge alpn -> tls.prove(name.getValue(), alpn.getAcmeValidation());
      case Dns01Challenge text -> {
        String record = text.getRRName(name);
        String bare = record.endsWith(".") ? record.substring(0, record.length() - 1) : record;
        yield dns.publish(bare, text.getDigest());
      }
      default ->
          throw new IllegalArgumentException("no such challenge here: " + challenge.getType());
    };
  }
}
