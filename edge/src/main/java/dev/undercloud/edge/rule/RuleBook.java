package dev.undercloud.edge.rule;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.edge.net.ClientAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** What outlives a change of rules: counters of limits, remembered passwords. Any thread. */
public final class RuleBook {
  /** What connections of a peer begin with, as far as that is known before their app is. */
  public enum Header {
    NONE,
    /** Some apps want it of that peer, others do not. */
    PERHAPS,
    ALWAYS
  }

  final Limits limits;
  final Passwords passwords;
  private volatile int httpsPort;
  private volatile Balancers balancers = new Balancers(List.of(), false);

  /**
   * Of whom apps want PROXY protocol headers.
   *
   * @param each of every app that wants them of anybody
   * @param others whether there are apps that want none
   */
  private record Balancers(List<Blocks> each, boolean others) {
    Header of(ClientAddress peer) {
      int wanting = 0;
      for (Blocks blocks : each) {
        wanting += blocks.contains(peer) ? 1 : 0;
      }
      boolean all = wanting == each.size() && !others;
      return wanting == 0 ? Header.NONE : all ? Header.ALWAYS : Header.PERHAPS;
    }
  }

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
    List<Blocks> wanting =
        apps.values().stream()
            .map(AppPolicy::ingress)
            .filter(Ingress::proxyProtocol)
            .map(ingress -> new Blocks(ingress.trustedProxies()))
            .toList();
    balancers = new Balancers(wanting, wanting.size() < apps.size());
    return Rules.compile(apps, this);
  }

  /** Whether connections of that peer begin with a PROXY protocol header. */
  public Header proxyHeader(InetAddress peer) {
    Balancers now = balancers;
    return now.each().isEmpty() ? Header.NONE : now.of(ClientAddress.of(peer));
  }
}
