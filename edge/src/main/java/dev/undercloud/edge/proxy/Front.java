package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.rule.PathForms;
import dev.undercloud.edge.rule.Route;
import dev.undercloud.edge.rule.Rules;
import dev.undercloud.edge.tls.Binding;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request between its head and the choice of a replica, the same for every
 * protocol: rules, files, cache, in this order. Its loop's thread only.
 */
final class Front {
  private final Loop loop;
  private final TlsGate tls;
  private final Gates gates;
  private final Serving serving;
  private final CacheStep caching;

  Front(Loop loop, TlsGate tls) {
    this.loop = loop;
    this.tls = tls;
    gates = new Gates(loop);
    serving = new Serving(loop);
    caching = loop.caching;
  }

  /**
   * Whether the request goes on to a replica. If not, {@code exchange} has its answer: {@link
   * Exchange#answer} or {@link Exchange#respond} was called, or it waits and {@link
   * Downstream#routeAgain} will be. Filters of the response to come may have been added either way.
   * The loop's request head, parsed from its {@code in}, is that of this request.
   */
  boolean goesOn(Exchange exchange, App app, ClientSide client, long now) {
    Binding binding = client.binding;
    exchange.slot.tls = binding == null ? 0 : binding.version();
    Rules rules = app.rules;
    if (!ProxyProtocol.isTaken(client, rules)) {
      exchange.answer(Answer.wrongBeginning(client.balancer != null));
      return false;
    }
    if (rules == null) {
      if (!tls.goesOn(exchange, app, client, now)) {
        return false;
      }
      serving.compress(exchange, app, RouteOptions.NONE);
      return caching.goesOn(exchange, app, client, now);
    }
    ClientSide named = gates.client(exchange, rules, client);
    if (!tls.goesOn(exchange, app, named, now) || !gates.open(exchange, app, rules, named, now)) {
      return false;
    }
    Route route = exchange.request.route;
    RouteOptions options = route == null ? RouteOptions.NONE : route.options();
    PathForms paths = gates.paths();
    return serving.goesOn(
            exchange,
            app,
            options,
            paths.bytes(PathForms.PLAIN),
            paths.at(PathForms.PLAIN),
            paths.length(PathForms.PLAIN),
            now)
        && caching.goesOn(exchange, app, named, now);
  }

  /**
   * Parses a head once more, as what it waited for is known.
   *
   * @return the app that it is for; null where none has its host any longer
   */
  @Nullable App again(byte[] head) {
    System.arraycopy(head, 0, loop.in, 0, head.length);
    int length = loop.request.parse(loop.in, 0, head.length);
    return length == head.length
        ? loop.routes().find(loop.request.hostKey(), loop.request.hostKeyLength())
        : null;
  }

  void close() {
    serving.close();
  }
}
