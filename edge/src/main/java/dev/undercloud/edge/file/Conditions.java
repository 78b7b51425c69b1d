package dev.undercloud.edge.file;

import dev.undercloud.edge.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The preconditions of a request and their order (RFC 9110, 13.2.2). Reused; one for each event
 * loop.
 */
final class Conditions {
  /** What they come to, where no range is asked for. */
  enum Verdict {
    SEND,
    NOT_MODIFIED,
    FAILED
  }

  private static final int NONE = -1;

  /** A field that may be there once is there twice: it says nothing. */
  private static final int TWICE = -2;

  private static final byte[] IF_MATCH = ascii("if-match");
  private static final byte[] IF_NONE_MATCH = ascii("if-none-match");
  private static final byte[] IF_MODIFIED_SINCE = ascii("if-modified-since");
  private static final byte[] IF_UNMODIFIED_SINCE = ascii("if-unmodified-since");
  private static final byte[] IF_RANGE = ascii("if-range");
  private static final byte[] RANGE = ascii("range");

  private @Nullable RequestHead read;
  private byte[] in = {};
  private boolean match;
  private boolean noneMatch;
  private int modifiedSince;
  private int unmodifiedSince;
  private int ifRange;
  private int range;

  /** Looks at the fields of {@code head} once. */
  void read(RequestHead head, byte[] in) {
    read = head;
    this.in = in;
    match = noneMatch = false;
    modifiedSince = unmodifiedSince = ifRange = range = NONE;
    for (int f = 0; f < head.fieldCount(); f++) {
      if (head.isField(f, in, RANGE)) {
        range = range == NONE ? f : TWICE;
      } else if (head.isField(f, in, IF_NONE_MATCH)) {
        noneMatch = true;
      } else if (head.isField(f, in, IF_MODIFIED_SINCE)) {
        modifiedSince = modifiedSince == NONE ? f : TWICE;
      } else if (head.isField(f, in, IF_RANGE)) {
        ifRange = ifRange == NONE ? f : TWICE;
      } else if (head.isField(f, in, IF_MATCH)) {
        match = true;
      } else if (head.isField(f, in, IF_UNMODIFIED_SINCE)) {
        unmodifiedSince = unmodifiedSince == NONE ? f : TWICE;
      }
    }
  }

  /** The Range field to be looked at, or negative. */
  int range() {
    return range;
  }

  Verdict of(Representation found) {
    if (match) {
      if (!anyMatches(IF_MATCH, found, true)) {
        return Verdict.FAILED;
      }
    } else if (found.modifiedSeconds() > date(unmodifiedSince, Long.MAX_VALUE)) {
      return Verdict.FAILED;
    }
    boolean same =
        noneMatch
            ? anyMatches(IF_NONE_MATCH, found, false)
            : modifiedSince >= 0 && notModifiedSince(found);
    return same ? Verdict.NOT_MODIFIED : Verdict.SEND;
  }

  private RequestHead head() {
    return Objects.requireNonNull(read, "read first");
  }

  private boolean notModifiedSince(Representation found) {
    if (found.modifiedSeconds() == HttpDate.NONE) {
      return false;
    }
    int from = head().valueAt(modifiedSince);
    int to = head().valueEnd(modifiedSince);
    byte[] told = found.modified();
    // Nearly always what we said ourselves.
    return Arrays.equals(in, from, to, told, 0, told.length)
        || found.modifiedSeconds() <= date(modifiedSince, Long.MIN_VALUE);
  }

  private long date(int field, long otherwise) {
    if (field < 0) {
      return otherwise;
    }
    long date = HttpDate.parse(in, head().valueAt(field), head().valueEnd(field));
    return date == HttpDate.NONE ? otherwise : date;
  }

  /** Whether parts may be sent of {@code found}: it is what the client has parts of. */
  boolean rangeHolds(Representation found) {
    if (ifRange == NONE) {
      return true;
    }
    if (ifRange == TWICE || found.weak()) {
      return false;
    }
    int from = head().valueAt(ifRange);
    int to = head().valueEnd(ifRange);
    byte[] wanted = from < to && in[from] == '"' ? found.tag() : found.modified();
    return wanted.length > 0 && Arrays.equals(in, from, to, wanted, 0, wanted.length);
  }

  private boolean anyMatches(byte[] name, Representation found, boolean strong) {
    for (int f = 0; f < head().fieldCount(); f++) {
      if (head().isField(f, in, name)
          && matches(head().valueAt(f), head().valueEnd(f), found, strong)) {
        return true;
      }
    }
    return false;
  }

  /** {@code *}, or a list of entity tags (RFC 9110, 8.8.3); ends at what is neither. */
  private boolean matches(int from, int to, Representation found, boolean strong) {
    if (to - from == 1 && in[from] == '*') {
      return true;
    }
    int i = from;
    while (i < to) {
      if (in[i] == ',' || in[i] == ' ' || in[i] == '\t') {
        i++;
        continue;
      }
      boolean weak = in[i] == 'W' && i + 1 < to && in[i + 1] == '/';
      int open = weak ? i + 2 : i;
      if (open >= to || in[open] != '"') {
        return false;
      }
      int close = open + 1;
      while (close < to && in[close] != '"') {
        close++;
      }
      if (close == to) {
        return false;
      }
      byte[] tag = found.tag();
      boolean comparable = !strong || !weak && !found.weak();
      if (comparable && Arrays.equals(in, open, close + 1, tag, 0, tag.length)) {
        return true;
      }
      i = close + 1;
    }
    return false;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
