package dev.undercloud.app.admin;

import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Set;

/**
 * Who may read the admin listener: whoever has the token, as a URL parameter once, then as a
 * cookie, or as a bearer token. A Host that is not ours is refused first, so that a name that was
 * rebound to loopback (DNS rebinding) reaches nothing.
 */
final class Access {
  private final byte[] token;
  private final int port;
  private final Set<String> hosts;

  Access(String token, int port) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
    this.port = port;
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
  }

  boolean ourHost(ServerRequestHeaders headers) {
    return headers.first(HeaderNames.HOST).map(hosts::contains).orElse(false);
  }

  /** Constant time: the answer does not tell how much of a guess was right. */
  boolean matches(String candidate) {
    return MessageDigest.isEqual(token, candidate.getBytes(StandardCharsets.UTF_8));
  }

  boolean mayRead(ServerRequestHeaders headers) {
    String bearer = headers.first(HeaderNames.AUTHORIZATION).orElse("");
    if (bearer.startsWith("Bearer ")) {
      return matches(bearer.substring("Bearer ".length()).strip());
    }
    String cookies = headers.first(HeaderNames.COOKIE).orElse("");
    return Arrays.stream(cookies.split(";"))
        .map(String::strip)
        .filter(cookie -> cookie.startsWith(cookieName() + "="))
        .anyMatch(cookie -> matches(cookie.substring(cookieName().length() + 1)));
  }

  /** Cookies know no ports: two consoles on one machine must not overwrite each other's. */
  String cookieName() {
    return "undercloud_" + port;
  }
}
