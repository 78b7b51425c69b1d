package dev.undercloud.edge.compress;

import dev.undercloud.edge.http1.ResponseHead;
import java.nio.charset.StandardCharsets;

/** Whether a response may be compressed on its way, by its head. Reused; one for each loop. */
final class Compressible {
  /** Less than a packet: compressed or not, it takes the same time. */
  static final int SMALLEST_BYTES = 1 << 10;

  /** Text this large is a download, whose compression would keep a core for a second or more. */
  static final long LARGEST_BYTES = 64L << 20;

  private static final int NONE = -1;
  private static final byte[] TYPE = ascii("content-type");
  private static final byte[] ENCODING = ascii("content-encoding");
  private static final byte[] RANGE = ascii("content-range");
  private static final byte[] CACHE_CONTROL = ascii("cache-control");
  private static final byte[] VARY = ascii("vary");
  private static final byte[] SET_COOKIE = ascii("set-cookie");

  /** Digests of the bytes as they are, which nobody could check any more (RFC 9530). */
  private static final byte[][] DIGESTS = {
    ascii("content-digest"), ascii("repr-digest"), ascii("digest"), ascii("content-md5")
  };

  private static final byte[] NO_TRANSFORM = ascii("no-transform");
  private static final byte[] PRIVATE = ascii("private");
  private static final byte[] NO_STORE = ascii("no-store");
  private static final byte[] PUBLIC = ascii("public");
  private static final byte[] ANY = ascii("*");
  private static final byte[] ACCEPT_ENCODING = ascii("accept-encoding");

  private static final byte[] ETAG = ascii("etag");

  /** Index of the entity tag's field, or negative. */
  int tag;

  /** Whether it already says that it depends on Accept-Encoding. */
  boolean varies;

  /** Whether it sets a cookie or says that it is for one reader. */
  boolean personal;

  /** Whether it says that it is for everybody. */
  boolean open;

  /** Whether anything but secrets speaks against it; fills the fields. */
  boolean of(ResponseHead head, byte[] in) {
    tag = NONE;
    varies = personal = open = false;
    boolean length =
        head.contentLength < 0
            || head.contentLength >= SMALLEST_BYTES && head.contentLength <= LARGEST_BYTES;
    if (!length || !status(head.status) || head.eventStream) {
      return false;
    }
    boolean shrinks = false;
    for (int f = 0; f < head.fieldCount(); f++) {
      int from = head.valueAt(f);
      int to = head.valueEnd(f);
      if (head.isField(f, in, TYPE)) {
        shrinks = MediaTypes.compressible(in, from, to);
      } else if (head.isField(f, in, CACHE_CONTROL)) {
        if (has(in, from, to, NO_TRANSFORM)) {
          return false;
        }
        personal |= has(in, from, to, PRIVATE) || has(in, from, to, NO_STORE);
        open |= has(in, from, to, PUBLIC);
      } else if (head.isField(f, in, ETAG)) {
        tag = f;
      } else if (head.isField(f, in, VARY)) {
        varies |= has(in, from, to, ACCEPT_ENCODING) || has(in, from, to, ANY);
      } else if (head.isField(f, in, SET_COOKIE)) {
        personal = true;
      } else if (excludes(head, f, in)) {
        return false;
      }
    }
    return shrinks;
  }

  private static boolean excludes(ResponseHead head, int f, byte[] in) {
    if (head.isField(f, in, ENCODING) || head.isField(f, in, RANGE)) {
      return true;
    }
    for (byte[] digest : DIGESTS) {
      if (head.isField(f, in, digest)) {
        return true;
      }
    }
    return false;
  }

  /** Not those without content, nor a part of a whole that is counted in other bytes. */
  private static boolean status(int status) {
    return status >= 200 && status != 204 && status != 205 && status != 206 && status != 304;
  }

  /** Whether a list has {@code lower} as a member, in any case and with any value behind it. */
  private static boolean has(byte[] in, int from, int to, byte[] lower) {
    int start = from;
    for (int i = from; i <= to; i++) {
      if (i == to || in[i] == ',') {
        if (member(in, start, i, lower)) {
          return true;
        }
        start = i + 1;
      }
    }
    return false;
  }

  private static boolean member(byte[] in, int from, int to, byte[] lower) {
    int i = from;
    while (i < to && (in[i] == ' ' || in[i] == '\t')) {
      i++;
    }
    if (to - i < lower.length) {
      return false;
    }
    for (int k = 0; k < lower.length; k++) {
      int c = in[i + k];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[k]) {
        return false;
      }
    }
    int end = i + lower.length;
    return end == to || in[end] == '=' || in[end] == ' ' || in[end] == '\t';
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
