package dev.undercloud.app.up;

import dev.undercloud.core.model.AppSpec;

/**
 * Where a running Undercloud listens.
 *
 * @param port of the app, on loopback
 * @param httpsPort of the app, encrypted, on loopback
 * @param adminPort of the admin listener
 * @param dnsPort asked for DNS; 0: as the app's files say
 */
record Listening(int port, int httpsPort, int adminPort, int dnsPort) {
  /** Where {@code app} is served. */
  String url(AppSpec app) {
    return "http://" + app.hosts().getFirst() + ":" + port;
  }

  /** Where {@code app} is served encrypted. */
  String secure(AppSpec app) {
    return "https://" + app.hosts().getFirst() + ":" + httpsPort;
  }

  /** The admin listener, without token. */
  String admin() {
    return "http://127.0.0.1:" + adminPort;
  }
}
