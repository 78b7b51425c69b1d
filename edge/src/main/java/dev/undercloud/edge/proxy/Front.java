package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.ClientSide;

/**
 * What happens to a request between its head and the choice of a replica, the same for every
 * protocol: rules, files, cache, in this order. Its loop's thread only.
 */
final class Front {
  private final TlsGate tls;
  private final Gates gates;

  Front(Loop loop, TlsGate tls) {
    this.tls = tls;
    gates = new Gates(loop);
  }

  /**
   * Whether the request goes on to a replica. If not, {@code exchange} has its answer: {@link
   * Exchange#answer} or {@link Exchange#respond} was called, or it waits and {@link
   * Downstream#routeAgain} will be. Filters of the response to come may have been added either way.
   * The loop's request head, parsed from its {@code in}, is that of this request.
   */
  boolean goesOn(Exchange exchange, App app, ClientSide client, long now) {
    return tls.goesOn(exchange, app, client, now)
        && (app.rules == null || gates.open(exchange, app, app.rules, client, now));
  }
}
