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
    AsciiString.cached("authorization"),
    AsciiString.cached("cookie"),
    AsciiString.cached("traceparent"),
  };

  private static final int LONGEST = 19;

  /** A bit for each length that one of them has: nearly every other name has none of these. */
  private static final int LENGTHS = lengths();

  private Sensitive() {}

  private static int lengths() {
    int lengths = 0;
    for (AsciiString each : NAMES) {
      lengths |= 1 << each.length();
    }
    return lengths;
  }

  static boolean is(CharSequence name) {
    int length = name.length();
    if (length > LONGEST || (LENGTHS & 1 << length) == 0) {
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
