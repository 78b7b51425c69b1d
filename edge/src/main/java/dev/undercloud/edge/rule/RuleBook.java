package dev.undercloud.edge.rule;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.AppPolicy;
import java.util.Map;

/** What outlives a change of rules: counters of limits, remembered passwords. Any thread. */
public final class RuleBook {
  final Limits limits;
  final Passwords passwords;
  private volatile int httpsPort;

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
    return Rules.compile(apps, this);
  }
}
