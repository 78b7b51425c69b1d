package dev.undercloud.edge.rule;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.net.ClientAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of one app, compiled once for all event loops. Immutable but for counters. */
public final class Rules {
  private final Route[] routes;

  /** Null while the app is open. */
  public final @Nullable Closed closed;

  /** Whether plain HTTP is answered with the HTTPS address. */
  public final boolean toHttps;

  /** The value of Strict-Transport-Security for responses by HTTPS; null for none. */
  public final @Nullable String hsts;

  /** Whose word about the client is taken. */
  public final Blocks proxies;

  private final boolean proxyHeaders;
  private final RuleBook book;

  private Rules(AppPolicy policy, Route[] routes, RuleBook book) {
    this.routes = routes;
    this.book = book;
    closed = policy.maintenance().map(Closed::new).orElse(null);
    toHttps = policy.tls().redirect();
    hsts = policy.tls().hsts().isZero() ? null : "max-age=" + policy.tls().hsts().toSeconds();
    Ingress ingress = policy.ingress();
    proxyHeaders = ingress.proxyProtocol();
    proxies =
        ingress.trustedProxies().isEmpty() ? Blocks.NONE : new Blocks(ingress.trustedProxies());
  }

  /** Compiles what every app's policy says; an app without rules is missing. */
  static Map<String, Rules> compile(Map<String, AppPolicy> apps, RuleBook book) {
    Map<String, Rules> all = new HashMap<>();
    Set<Limits.Key> used = new HashSet<>();
    apps.forEach((app, policy) -> {
      boolean nothing =
          policy.routes().isEmpty()
              && policy.maintenance().isEmpty()
              && !policy.tls().redirect()
              && policy.tls().hsts().isZero()
              && policy.ingress().trustedProxies().isEmpty();
      if (!nothing) {
        all.put(app, new Rules(policy, routes(app, policy, book.limits, used), book));
      }
    });
    book.limits.retain(used);
    return Map.copyOf(all);
  }

  private static Route[] routes(String app, AppPolicy policy, Limits limits, Set<Limits.Key> used) {
    Route[] routes = new Route[policy.routes().size()];
    for (int i = 0; i < routes.length; i++) {
      RouteRule rule = policy.routes().get(i);
      Limit limit = null;
      if (rule.options().rateLimit().isPresent()) {
        String where = rule.path() + " " + rule.hosts() + rule.methods() + rule.headers();
        Limits.Key key = new Limits.Key(app, where, rule.options().rateLimit().get());
        used.add(key);
        limit = limits.of(key);
      }
      routes[i] = new Route(rule, limit);
    }
    return routes;
  }

  /** The first route whose conditions hold where the path is understood in one way. */
  public @Nullable Route find(RequestHead head, byte[] in, PathForms paths, int form) {
    for (Route route : routes) {
      if (route.matches(head, in, paths, form)) {
        return route;
      }
    }
    return null;
  }

  /** Whether the app is closed to this request. */
  public boolean isClosedTo(PathForms paths, ClientAddress client) {
    Closed now = closed;
    return now != null && !now.admits(paths, client);
  }

  /** Whether connections of that peer have to begin with a PROXY protocol header. */
  public boolean wantsProxyHeader(ClientAddress peer) {
    return proxyHeaders && proxies.contains(peer);
  }

  public Passwords passwords() {
    return book.passwords;
  }

  /** Where HTTPS is served; 0 where it is not. */
  public int httpsPort() {
    return book.httpsPort();
  }
}
