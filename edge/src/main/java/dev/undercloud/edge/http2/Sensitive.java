package dev.undercloud.edge.http2;

import io.netty.util.AsciiString;

/**
 * Fields that stay out of HPACK's tables: secrets, which a shared table could give away (RFC 7541,
 * 7.1), and ids that never come twice and would only push others out.
 */
final class Sensitive {
  private static final AsciiString[] NAMES = {
    AsciiString.cached("set-cookie"),
    AsciiString.cached("x-request-id"),
    AsciiString.cached("authentication-info"),
    AsciiString.cached("www-authenticate"),
  };

  private Sensitive() {}

  static boolean is(CharSequence name) {
    int length = name.length();
    if (length != 10 && length != 12 && length != 16 && length != 19) {
      return false;
    }
    for (AsciiString each : NAMES) {
      if (each.length() == length && each.contentEquals(name)) {
        return true;
      }
    }
    return false;
  }
}
