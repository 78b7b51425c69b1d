package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.edge.http1.ClientSide;
import java.nio.charset.StandardCharsets;

/**
 * What happens to a request between its head and the choice of a replica, the same for every
 * protocol: rules, files, cache, in this order. Its loop's thread only.
 */
final class Front {
  private final Loop loop;

  Front(Loop loop) {
    this.loop = loop;
  }

  /**
   * Whether the request goes on to a replica. If not, {@code exchange} has its answer: {@link
   * Exchange#answer} or {@link Exchange#respond} was called. Filters of the response to come may
   * have been added either way. The loop's request head, parsed from its {@code in}, is that of
   * this request.
   */
  boolean goesOn(Exchange exchange, App app, ClientSide client, long now) {
    loop.requestEdits.clear();
    return loop.caching.goesOn(exchange, app, options(app), client, now);
  }

  /** The options of the first route whose path fits. */
  private RouteOptions options(App app) {
    if (app.policy.routes().isEmpty()) {
      return RouteOptions.NONE;
    }
    byte[] path = new byte[loop.request.pathRoom()];
    int length = loop.request.path(loop.in, path, 0);
    String text = new String(path, 0, length, StandardCharsets.ISO_8859_1);
    int query = text.indexOf('?');
    String bare = query < 0 ? text : text.substring(0, query);
    for (RouteRule rule : app.policy.routes()) {
      String pattern = rule.path();
      boolean rest = pattern.endsWith("*");
      if (rest
          ? bare.startsWith(pattern.substring(0, pattern.length() - 1))
          : bare.equals(pattern)) {
        return rule.options();
      }
    }
    return RouteOptions.NONE;
  }
}
