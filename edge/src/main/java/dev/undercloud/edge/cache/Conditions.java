package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;

import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.Octets;

/** A client's own conditions, judged by a stored response (RFC 9110, 13; RFC 9111, 4.3.2). Pure. */
public final class Conditions {
  private static final byte[] IF_NONE_MATCH = ascii("if-none-match");

  private Conditions() {}

  /** Whether the client has it already: 304 instead of the whole. */
  static boolean notModified(Entry entry, Asked asked, FieldSection fields, byte[] in) {
    if (entry.status < 200 || entry.status > 299) {
      return false;
    }
    if (asked.ifNoneMatch) {
      return matchesAny(entry, fields, in);
    }
    if (!asked.ifModifiedSince) {
      return false;
    }
    long since = Dates.parse(in, asked.ifModifiedSinceAt, asked.ifModifiedSinceEnd);
    long modified = entry.lastModified == Dates.NONE ? entry.date : entry.lastModified;
    return since != Dates.NONE && modified <= since;
  }

  private static boolean matchesAny(Entry entry, FieldSection fields, byte[] in) {
    for (int f = 0; f < fields.count; f++) {
      int at = fields.start[f];
      if (Octets.equal(in, at, fields.nameEnd[f] - at, IF_NONE_MATCH)
          && matches(entry.etag, Facts.text(in, fields.value[f], fields.valueEnd[f]))) {
        return true;
      }
    }
    return false;
  }

  /** Weakly (RFC 9110, 8.8.3.2); a comma may be within the quotes. */
  private static boolean matches(@org.jspecify.annotations.Nullable String etag, String list) {
    if (list.equals("*")) {
      return true;
    }
    if (etag == null) {
      return false;
    }
    String own = opaque(etag);
    int i = 0;
    while (i < list.length()) {
      char c = list.charAt(i);
      if (c == ',' || c == ' ' || c == '\t') {
        i++;
        continue;
      }
      int from = i;
      boolean quoted = false;
      while (i < list.length() && (quoted || list.charAt(i) != ',')) {
        quoted ^= list.charAt(i) == '"';
        i++;
      }
      if (opaque(list.substring(from, i).strip()).equals(own)) {
        return true;
      }
    }
    return false;
  }

  private static String opaque(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }

  /** Whether a range may be taken of it: what If-Range names is just this (13.1.5). */
  public static boolean rangeHolds(Entry entry, Asked asked, byte[] in) {
    if (!asked.ifRange) {
      return true;
    }
    String etag = entry.etag;
    String named = Facts.text(in, asked.ifRangeAt, asked.ifRangeEnd);
    if (named.endsWith("\"")) {
      return etag != null && !etag.startsWith("W/") && etag.equals(named);
    }
    long date = Dates.parse(in, asked.ifRangeAt, asked.ifRangeEnd);
    return date != Dates.NONE && date == entry.lastModified;
  }
}
