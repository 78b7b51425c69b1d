package dev.undercloud.edge.http1;

import dev.undercloud.edge.balance.Keys;
import org.jspecify.annotations.Nullable;

/** Reads single values out of a parsed request head, without allocation. Any thread. */
public final class FieldValues {
  private static final int TOKEN_DIGITS = 16;

  private FieldValues() {}

  /**
   * A hash of the value of the first field of that name; 0 where there is none.
   *
   * @param lower the name, lower case
   */
  public static long hash(RequestHead head, byte[] in, byte[] lower) {
    FieldSection fields = head.fields;
    for (int f = 0; f < fields.count; f++) {
      int at = fields.start[f];
      if (Octets.equal(in, at, fields.nameEnd[f] - at, lower)) {
        return Keys.of(in, fields.value[f], fields.valueEnd[f]);
      }
    }
    return 0;
  }

  /**
   * Whether any field of that name has that value. Takes as long for a wrong one as for the right
   * one.
   *
   * @param lower the name, lower case
   */
  public static boolean has(RequestHead head, byte[] in, byte[] lower, byte[] secret) {
    FieldSection fields = head.fields;
    for (int f = 0; f < fields.count; f++) {
      int at = fields.start[f];
      int value = fields.value[f];
      if (Octets.equal(in, at, fields.nameEnd[f] - at, lower)
          && fields.valueEnd[f] - value == secret.length) {
        int difference = 0;
        for (int i = 0; i < secret.length; i++) {
          difference |= in[value + i] ^ secret[i];
        }
        if (difference == 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** A hash of a cookie's value (RFC 6265, 4.2); 0 where the client sent none of that name. */
  public static long cookieHash(RequestHead head, byte[] in, byte[] name) {
    long found = cookie(head, in, name);
    return found < 0 ? 0 : Keys.of(in, from(found), to(found));
  }

  /** A cookie's value of exactly 16 hexadecimal digits; 0 where it is anything else. */
  public static long cookieToken(RequestHead head, byte[] in, byte[] name) {
    long found = cookie(head, in, name);
    if (found < 0 || to(found) - from(found) != TOKEN_DIGITS) {
      return 0;
    }
    long token = 0;
    for (int i = from(found); i < to(found); i++) {
      int digit = Character.digit(in[i], 16);
      if (digit < 0) {
        return 0;
      }
      token = token << 4 | digit;
    }
    return token;
  }

  /** Whether a request has a cookie that is not the edge's {@code own}. */
  public static boolean hasCookieBeside(RequestHead head, byte[] in, byte @Nullable [] own) {
    FieldSection fields = head.fields;
    for (int f = 0; f < fields.count; f++) {
      if (fields.names[f] == FieldName.COOKIE
          && hasCookieBeside(in, fields.value[f], fields.valueEnd[f], own)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a Cookie field's value has a cookie of another name than {@code own}, which is the
   * edge's and says nothing about the person.
   */
  public static boolean hasCookieBeside(byte[] in, int from, int end, byte @Nullable [] own) {
    int at = from;
    while (own != null && at < end) {
      while (at < end && (in[at] == ';' || Octets.isBlank(in[at]))) {
        at++;
      }
      int next = at;
      while (next < end && in[next] != ';') {
        next++;
      }
      int value = at + own.length + 1;
      if (at < next && !(value <= next && in[value - 1] == '=' && isName(in, at, own))) {
        return true;
      }
      at = next;
    }
    return own == null;
  }

  /** Where the value is, as {@link #from} and {@link #to} read it; -1 for nowhere. */
  private static long cookie(RequestHead head, byte[] in, byte[] name) {
    FieldSection fields = head.fields;
    for (int f = 0; f < fields.count; f++) {
      if (fields.names[f] == FieldName.COOKIE) {
        long found = pair(in, fields.value[f], fields.valueEnd[f], name);
        if (found >= 0) {
          return found;
        }
      }
    }
    return -1;
  }

  private static long pair(byte[] in, int from, int end, byte[] name) {
    int at = from;
    while (at < end) {
      int next = at;
      while (next < end && in[next] != ';') {
        next++;
      }
      while (at < next && Octets.isBlank(in[at])) {
        at++;
      }
      int value = at + name.length + 1;
      if (value <= next && in[value - 1] == '=' && isName(in, at, name)) {
        return (long) value << 32 | next;
      }
      at = next + 1;
    }
    return -1;
  }

  /** Names of cookies are told apart by case. */
  private static boolean isName(byte[] in, int at, byte[] name) {
    for (int i = 0; i < name.length; i++) {
      if (in[at + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static int from(long found) {
    return (int) (found >>> 32);
  }

  private static int to(long found) {
    return (int) found;
  }
}
