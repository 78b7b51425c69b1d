package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.Files;
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
  private final TlsGate tls;
  private final Serving serving;

  Front(Loop loop, TlsGate tls) {
    this.loop = loop;
    this.tls = tls;
    serving = new Serving(loop);
  }

  /**
   * Whether the request goes on to a replica. If not, {@code exchange} has its answer: {@link
   * Exchange#answer} or {@link Exchange#respond} was called. Filters of the response to come may
   * have been added either way. The loop's request head, parsed from its {@code in}, is that of
   * this request.
   */
  boolean goesOn(Exchange exchange, App app, ClientSide client, long now) {
    if (!tls.goesOn(exchange, app, client, now)) {
      return false;
    }
    int at = loop.request.targetAt;
    int end = at + loop.request.targetLength;
    int length = plain(loop.in, at, end);
    RouteOptions options = RouteOptions.NONE;
    if (length > 0) {
      for (RouteRule rule : app.policy.routes()) {
        Files files = rule.options().files().orElse(null);
        if (files != null && startsWith(loop.in, at, length, files.prefix())) {
          options = rule.options();
          break;
        }
      }
    }
    return serving.goesOn(exchange, app, options, loop.in, at, length, now);
  }

  /** The length of a path that means what it says; 0 for one that would have to be normalised. */
  private static int plain(byte[] in, int at, int end) {
    int i = at;
    while (i < end && in[i] != '?') {
      byte c = in[i];
      boolean odd = c == '%' || c == ';' || c == '\\';
      boolean dots = c == '/' && i + 1 < end && (in[i + 1] == '/' || in[i + 1] == '.');
      if (odd || dots || c <= ' ') {
        return 0;
      }
      i++;
    }
    return i - at;
  }

  private static boolean startsWith(byte[] in, int at, int length, String prefix) {
    byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (i == length || in[at + i] != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  void close() {
    serving.close();
  }
}
