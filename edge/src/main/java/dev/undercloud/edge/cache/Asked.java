package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;

import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.FieldValues;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks of a cache. Reused: positions are of the bytes it was read from, the rest
 * may be kept.
 */
public final class Asked {
  private static final byte[] RANGE = ascii("range");
  private static final byte[] COOKIE = ascii("cookie");
  private static final byte[] PRAGMA = ascii("pragma");
  private static final byte[] IF_RANGE = ascii("if-range");
  private static final byte[] IF_MATCH = ascii("if-match");
  private static final byte[] AUTHORIZATION = ascii("authorization");
  private static final byte[] CACHE_CONTROL = ascii("cache-control");
  private static final byte[] IF_NONE_MATCH = ascii("if-none-match");
  private static final byte[] IF_MODIFIED_SINCE = ascii("if-modified-since");
  private static final byte[] IF_UNMODIFIED_SINCE = ascii("if-unmodified-since");
  private static final byte[] NO_CACHE = ascii("no-cache");

  /** Fields by which frameworks let a request pass for another one; no key has them. */
  private static final byte[][] DISGUISES = {
    ascii("x-original-url"),
    ascii("x-rewrite-url"),
    ascii("x-http-method"),
    ascii("x-http-method-override"),
    ascii("x-method-override"),
  };

  public final Directives directives = new Directives();
  public boolean authorization;
  public boolean cookie;

  /** If-Match or If-Unmodified-Since, which only an origin can judge. */
  public boolean precondition;

  /** It may be taken for another one than its target says. */
  public boolean disguised;

  /** There is one Range field; its value is at {@link #rangeAt}. */
  public boolean range;

  public int rangeAt;
  public int rangeEnd;
  public boolean ifRange;
  public int ifRangeAt;
  public int ifRangeEnd;

  /** There is an If-None-Match field; all of them are to be read in the fields. */
  public boolean ifNoneMatch;

  public boolean ifModifiedSince;
  public int ifModifiedSinceAt;
  public int ifModifiedSinceEnd;

  private byte @Nullable [] own;
  private boolean cacheControl;
  private boolean pragma;

  /**
   * @param own name of the edge's own cookie, which does not count as one; null for none
   */
  public void read(RequestHead head, byte[] in, byte @Nullable [] own) {
    this.own = own;
    directives.clear();
    authorization = cookie = precondition = disguised = false;
    range = ifRange = ifNoneMatch = ifModifiedSince = cacheControl = pragma = false;
    FieldSection fields = head.fields;
    for (int f = 0; f < fields.count; f++) {
      field(in, fields.start[f], fields.nameEnd[f], fields.value[f], fields.valueEnd[f]);
    }
    if (pragma && !cacheControl) {
      directives.noCache = true;
    }
  }

  private void field(byte[] in, int at, int nameEnd, int value, int end) {
    int length = nameEnd - at;
    switch (length) {
      case 5 -> {
        if (Octets.equal(in, at, length, RANGE)) {
          // Two of them are one list, which no range is.
          rangeAt = range ? end : value;
          rangeEnd = end;
          range = true;
        }
      }
      case 6 -> {
        if (Octets.equal(in, at, length, COOKIE)) {
          cookie |= FieldValues.hasCookieBeside(in, value, end, own);
        } else if (Octets.equal(in, at, length, PRAGMA)) {
          pragma |= names(in, value, end);
        }
      }
      case 8 -> {
        if (Octets.equal(in, at, length, IF_RANGE)) {
          ifRange = true;
          ifRangeAt = value;
          ifRangeEnd = end;
        } else if (Octets.equal(in, at, length, IF_MATCH)) {
          precondition = true;
        }
      }
      case 13 -> {
        if (Octets.equal(in, at, length, CACHE_CONTROL)) {
          cacheControl = true;
          directives.add(in, value, end);
        } else if (Octets.equal(in, at, length, AUTHORIZATION)) {
          authorization = true;
        } else if (Octets.equal(in, at, length, IF_NONE_MATCH)) {
          ifNoneMatch = true;
        } else {
          disguised |= isDisguise(in, at, length);
        }
      }
      case 17, 14, 22 -> {
        if (Octets.equal(in, at, length, IF_MODIFIED_SINCE)) {
          ifModifiedSince = true;
          ifModifiedSinceAt = value;
          ifModifiedSinceEnd = end;
        } else {
          disguised |= isDisguise(in, at, length);
        }
      }
      case 19 -> precondition |= Octets.equal(in, at, length, IF_UNMODIFIED_SINCE);
      default -> {
        // Nothing that a cache asks for.
      }
    }
  }

  /** Whether a Pragma says no-cache (RFC 9111, 5.4): a list, of which nothing else counts. */
  private static boolean names(byte[] in, int from, int end) {
    int i = from;
    while (i < end) {
      int at = i;
      i = Octets.skip(in, i, end, Octets.TOKEN);
      if (Octets.equal(in, at, i - at, NO_CACHE) && (i == end || in[i] != '=')) {
        return true;
      }
      while (i < end && in[i] != ',') {
        i++;
      }
      while (i < end && (in[i] == ',' || Octets.isBlank(in[i]))) {
        i++;
      }
    }
    return false;
  }

  private static boolean isDisguise(byte[] in, int at, int length) {
    for (byte[] name : DISGUISES) {
      if (Octets.equal(in, at, length, name)) {
        return true;
      }
    }
    return false;
  }
}
