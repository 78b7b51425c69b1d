package dev.undercloud.observe.model;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Replaces secrets in query strings, before they are shown or stored. */
public final class Redaction {
  /** What stands for a secret, as OpenTelemetry's conventions for {@code url.query} have it. */
  public static final String MARK = "REDACTED";

  /** Keys whose values are secrets, wherever such a word is part of the key. */
  private static final Pattern SECRET =
      Pattern.compile(
          "token|passw(or)?d|passphrase|secret|signature|credential|api_?-?key|access_?-?key"
              + "|(^|[_.-])(key|sig|pwd|auth|jwt|session|sid)$|authorization");

  private Redaction() {}

  /** {@code query} without its question mark; the values of secret keys replaced. */
  public static String ofQuery(String query) {
    if (query.indexOf('=') < 0) {
      return query;
    }
    StringBuilder out = new StringBuilder(query.length());
    int at = 0;
    while (at <= query.length()) {
      int end = query.indexOf('&', at);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', at);
      if (equals >= at && equals < end && isSecret(query.substring(at, equals))) {
        out.append(query, at, equals + 1).append(MARK);
      } else {
        out.append(query, at, end);
      }
      if (end < query.length()) {
        out.append('&');
      }
      at = end + 1;
    }
    return out.toString();
  }

  private static boolean isSecret(String key) {
    String plain = key;
    if (key.indexOf('%') >= 0) {
      try {
        plain = URLDecoder.decode(key, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException odd) {
        return true; // What cannot be read cannot be called harmless.
      }
    }
    return SECRET.matcher(plain.toLowerCase(Locale.ROOT)).find();
  }
}
