package dev.undercloud.edge.cache;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** References in Location and Content-Location, against the URL they came from (RFC 3986, 5). */
final class Urls {
  private Urls() {}

  /** Path and query of what is meant; null where that is not on the same host or makes no sense. */
  static @Nullable String samePath(boolean secure, String host, String base, String reference) {
    int query = base.indexOf('?');
    String alone = query < 0 ? base : base.substring(0, query);
    String stripped = reference.strip();
    if (stripped.isEmpty() || stripped.startsWith("#")) {
      return base;
    }
    if (stripped.startsWith("?")) {
      int fragment = stripped.indexOf('#');
      return alone + (fragment < 0 ? stripped : stripped.substring(0, fragment));
    }
    try {
      String origin = (secure ? "https://" : "http://") + host;
      URI target = new URI(origin + base.replace("|", "%7C")).resolve(new URI(stripped));
      String authority = target.getRawAuthority();
      if (authority == null || !host.equals(bare(authority, target.getScheme()))) {
        if (authority == null
            || !bare(host, secure ? "https" : "http").equals(bare(authority, target.getScheme()))) {
          return null;
        }
      }
      String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
      return target.getRawQuery() == null ? path : path + "?" + target.getRawQuery();
    } catch (URISyntaxException | IllegalArgumentException senseless) {
      return null;
    }
  }

  /** Without the port that the scheme implies. */
  private static String bare(String authority, String scheme) {
    String lower = authority.toLowerCase(Locale.ROOT);
    String port = scheme.equalsIgnoreCase("https") ? ":443" : ":80";
    return lower.endsWith(port) ? lower.substring(0, lower.length() - port.length()) : lower;
  }
}
