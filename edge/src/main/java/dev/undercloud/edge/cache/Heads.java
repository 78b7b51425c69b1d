package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;
import static dev.undercloud.edge.http1.Octets.put;

import dev.undercloud.edge.compress.Codable;
import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Stored heads: made of a response, changed by a newer one (RFC 9111, 3.1 and 3.2). Pure. */
final class Heads {
  private static final byte[] VERSION = ascii("HTTP/1.1 ");
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] OK = ascii("200 OK\r\n");
  private static final byte[] DATE = ascii("Date: ");
  private static final byte[] ETAG = ascii("ETag: W/");
  private static final byte[] CONTENT_ENCODING = ascii("Content-Encoding: ");
  private static final byte[] VARY = ascii("Vary: Accept-Encoding\r\n");

  /** Not stored beside what is this hop's alone: made anew for each use, or for us. */
  private static final Set<String> NOT_STORED =
      Set.of(
          "age",
          "te",
          "trailer",
          "proxy-authorization",
          "proxy-authentication-info",
          "surrogate-key",
          "cache-tag");

  /** What the stored bytes are, whatever a newer head says (3.2). */
  private static final Set<String> OF_THE_BYTES =
      Set.of(
          "content-range",
          "content-length",
          "content-encoding",
          "content-md5",
          "content-digest",
          "digest",
          "repr-digest");

  private Heads() {}

  /**
   * The head to store: status line and fields, without the empty line.
   *
   * @param whole a 206 that has everything, which a 200 is the same as (RFC 9110, 15.3.7.3)
   * @param withheld names in lower case that are left out
   * @param received for a response without Date
   */
  static byte[] of(
      ResponseHead head,
      byte[] in,
      boolean whole,
      List<String> withheld,
      boolean hasDate,
      long received) {
    FieldSection fields = head.fields;
    int end = fields.count == 0 ? head.reasonEnd + 2 : fields.next[fields.count - 1];
    byte[] out = new byte[end + 64];
    int o = put(VERSION, out, 0);
    if (whole) {
      o = put(OK, out, o);
    } else {
      o = Octets.putDecimal(head.status, out, o);
      out[o++] = ' ';
      o = put(CRLF, out, put(in, head.reasonAt, head.reasonEnd, out, o));
    }
    for (int f = 0; f < fields.count; f++) {
      String name = name(fields, in, f);
      boolean dropped =
          head.isForThisHop(in, f)
              || NOT_STORED.contains(name)
              || withheld.contains(name)
              || whole && name.equals("content-range")
              || !hasDate && name.equals("date");
      if (!dropped) {
        o = put(in, fields.start[f], fields.next[f], out, o);
      }
    }
    if (!hasDate) {
      o = put(DATE, out, o);
      o = put(ascii(Dates.format(received)), out, o);
      o = put(CRLF, out, o);
    }
    return Arrays.copyOf(out, o);
  }

  /**
   * {@code stored} with every field that {@code newer} has instead of its own, but for those that
   * describe the stored bytes; ends with the empty line, to be parsed again.
   */
  static byte[] merged(byte[] stored, ResponseHead newer, byte[] in) {
    FieldSection fields = newer.fields;
    FieldSection old = new FieldSection(fields.start.length);
    byte[] whole = Arrays.copyOf(stored, stored.length + 2);
    put(CRLF, whole, stored.length);
    int line = lineEnd(whole);
    if (old.parse(whole, line, whole.length) < 0) {
      throw new IllegalStateException("a stored head makes no sense");
    }
    int most = fields.count == 0 ? 0 : fields.next[fields.count - 1];
    byte[] out = new byte[whole.length + most];
    int o = put(whole, 0, line, out, 0);
    boolean[] replaces = new boolean[fields.count];
    for (int f = 0; f < fields.count; f++) {
      String name = name(fields, in, f);
      replaces[f] =
          !newer.isForThisHop(in, f) && !NOT_STORED.contains(name) && !OF_THE_BYTES.contains(name);
    }
    for (int f = 0; f < old.count; f++) {
      String name = name(old, whole, f);
      // A head without Date is dated by its receipt, not by that of the older one.
      if (!name.equals("date") && !isReplaced(name, fields, in, replaces)) {
        o = put(whole, old.start[f], old.next[f], out, o);
      }
    }
    for (int f = 0; f < fields.count; f++) {
      if (replaces[f]) {
        o = put(in, fields.start[f], fields.next[f], out, o);
      }
    }
    return Arrays.copyOf(out, put(CRLF, out, o));
  }

  /** A stored head, parsed again. */
  static ResponseHead parsed(byte[] whole) {
    ResponseHead head = new ResponseHead(HeadLimits.DEFAULT);
    if (head.parse(whole, 0, whole.length, true) != whole.length) {
      throw new IllegalStateException("a stored head makes no sense");
    }
    return head;
  }

  /** With the empty line that stored ones lack. */
  static byte[] whole(byte[] stored) {
    byte[] whole = Arrays.copyOf(stored, stored.length + 2);
    put(CRLF, whole, stored.length);
    return whole;
  }

  /** Whether the response with this head may be compressed. */
  static Codable codable(byte[] stored) {
    byte[] whole = whole(stored);
    return Codable.of(parsed(whole), whole);
  }

  /**
   * A stored response in a compressed form: of another length, without parts, its entity tag weak,
   * since two codings are not the same bytes (RFC 9110, 8.8.3.3), and Vary says so.
   */
  static Coded coded(Entry of, Coding coding, byte[][] body) {
    byte[] whole = whole(of.head);
    FieldSection fields = parsed(whole).fields;
    byte[] out = new byte[whole.length + 128];
    int o = put(whole, 0, lineEnd(whole), out, 0);
    for (int f = 0; f < fields.count; f++) {
      String name = name(fields, whole, f);
      boolean tag = name.equals("etag");
      if (tag && whole[fields.value[f]] != 'W') {
        o = put(ETAG, out, o);
        o = put(whole, fields.value[f], fields.next[f], out, o);
      } else if (!name.equals("accept-ranges")) {
        o = put(whole, fields.start[f], fields.next[f], out, o);
      }
    }
    o = put(CONTENT_ENCODING, out, o);
    o = put(CRLF, out, put(coding.token(), out, o));
    o = of.codable().varies() ? o : put(VARY, out, o);
    return new Coded(coding, Arrays.copyOf(out, o), body);
  }

  private static boolean isReplaced(
      String name, FieldSection fields, byte[] in, boolean[] replaces) {
    for (int f = 0; f < fields.count; f++) {
      if (replaces[f] && name.equals(name(fields, in, f))) {
        return true;
      }
    }
    return false;
  }

  /** The status of a stored head. */
  static int status(byte[] head) {
    int at = VERSION.length;
    return (int) Octets.decimal(head, at, at + 3);
  }

  /** Index behind the first line. */
  static int lineEnd(byte[] head) {
    int i = 0;
    while (head[i] != '\n') {
      i++;
    }
    return i + 1;
  }

  static String name(FieldSection fields, byte[] in, int f) {
    int at = fields.start[f];
    return new String(in, at, fields.nameEnd[f] - at, StandardCharsets.ISO_8859_1)
        .toLowerCase(java.util.Locale.ROOT);
  }
}
