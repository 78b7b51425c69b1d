package dev.undercloud.edge.rule;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.edge.net.ClientAddress;
import java.net.InetAddress;
import java.util.Map;

/** What outlives a change of rules: counters of limits, remembered passwords. Any thread. */
public final class RuleBook {
  final Limits limits;
  final Passwords passwords;
  private volatile int httpsPort;
  private volatile Blocks balancers = Blocks.NONE;

  /**
   * @param entropy unpredictable
   * @param cores of the machine
   */
  public RuleBook(Entropy entropy, int cores) {
    limits = new Limits(entropy);
    passwords = new Passwords(entropy, cores);
  }

  /** Where HTTPS is served, for redirects to it; 0 while it is not. */
  public void httpsPort(int port) {
    httpsPort = port;
  }

  int httpsPort() {
    return httpsPort;
  }

  /** What every app's policy says, as the event loops use it; an app without rules is missing. */
  public Map<String, Rules> compile(Map<String, AppPolicy> apps) {
    balancers =
        new Blocks(
            apps.values().stream()
                .map(AppPolicy::ingress)
                .filter(Ingress::proxyProtocol)
                .flatMap(ingress -> ingress.trustedProxies().stream())
                .toList());
    return Rules.compile(apps, this);
  }

  /** Whether connections of that peer begin with a PROXY protocol header. */
  public boolean sendsProxyHeader(InetAddress peer) {
    Blocks now = balancers;
    return !now.isEmpty() && now.contains(ClientAddress.of(peer));
  }
}
