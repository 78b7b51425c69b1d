package dev.undercloud.edge.rule;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.RateLimit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The counters of all limits: a limit that did not change keeps its own. Any thread. */
public final class Limits {
  /**
   * @param app the app's name
   * @param rule the rule's path: what tells two equal limits of an app apart
   */
  record Key(String app, String rule, RateLimit rate) {}

  private final Map<Key, Limit> all = new ConcurrentHashMap<>();
  private final Hash hash;

  public Limits(Entropy entropy) {
    hash = new Hash(entropy.nextLong(), entropy.nextLong());
  }

  Limit of(Key key) {
    return all.computeIfAbsent(key, k -> new Limit(k.rate(), hash));
  }

  /** Forgets the others. */
  void retain(Set<Key> used) {
    all.keySet().retainAll(used);
  }

  Hash hash() {
    return hash;
  }
}
