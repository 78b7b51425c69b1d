package dev.undercloud.core.policy;

import dev.undercloud.core.unit.Cidr;
import java.util.List;

/**
 * What stands in front of the edge.
 *
 * @param trustedProxies CIDR blocks whose word about the client's address is taken
 * @param proxyProtocol whether their connections begin with a PROXY protocol header
 */
public record Ingress(List<String> trustedProxies, boolean proxyProtocol) {
  /** Nothing does: the peer is the client. */
  public static final Ingress DIRECT = new Ingress(List.of(), false);

  public Ingress {
    trustedProxies = List.copyOf(trustedProxies);
    trustedProxies.forEach(Cidr::parse);
    if (proxyProtocol && trustedProxies.isEmpty()) {
      throw new IllegalArgumentException("the PROXY protocol is only taken from trusted proxies");
    }
  }
}
