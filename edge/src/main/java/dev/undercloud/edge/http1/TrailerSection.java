package dev.undercloud.edge.http1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The fields after a chunked body (RFC 9112, 7.1.2), byte by byte. */
final class TrailerSection {
  /** A checksum, a signature, a status: what trailers are for takes a few lines. */
  static final int MOST_FIELDS = 16;

  static final int MOST_BYTES = 8 << 10;

  private static final byte[] NONE = {};

  /** Longer names than this are none that we know. */
  private static final int NAME_BYTES = 32;

  private enum State {
    LINE,
    NAME,
    VALUE,
    VALUE_LF,
    LAST_LF,
    DONE
  }

  private byte @Nullable [] name;

  /** The section as it came, where somebody wants it. */
  private byte @Nullable [] kept;

  private boolean keeping;
  private State state = State.LINE;
  private int nameLength;
  private boolean lookalike;
  private int fields;
  private int bytes;

  void start() {
    state = State.LINE;
    fields = bytes = 0;
    keeping = false;
  }

  /** Keeps what comes, until the next start. */
  void keep() {
    keeping = true;
  }

  /** The lines that were kept, in the first {@link #keptBytes}, without the empty line. */
  byte[] kept() {
    return kept == null ? NONE : kept;
  }

  int keptBytes() {
    return keeping && fields > 0 ? bytes - 2 : 0;
  }

  boolean done() {
    return state == State.DONE;
  }

  /** Takes a byte; 0 or a reject code. */
  int step(byte c) {
    if (++bytes > MOST_BYTES) {
      return Reject.TRAILERS_TOO_LARGE.code();
    }
    if (keeping) {
      keepByte(c);
    }
    switch (state) {
      case LINE:
        if (c == '\r') {
          state = State.LAST_LF;
          return 0;
        }
        if (++fields > MOST_FIELDS) {
          return Reject.TRAILERS_TOO_LARGE.code();
        }
        nameLength = 0;
        lookalike = false;
        state = State.NAME;
        return name(c);
      case NAME:
        return name(c);
      case VALUE:
        if (c == '\r') {
          state = State.VALUE_LF;
          return 0;
        }
        return c == '\n' ? Reject.BARE_LF.code() : isText(c) ? 0 : Reject.TRAILER.code();
      case VALUE_LF:
        state = State.LINE;
        return c == '\n' ? 0 : Reject.BARE_CR.code();
      case LAST_LF:
        state = State.DONE;
        return c == '\n' ? 0 : Reject.BARE_CR.code();
      case DONE:
        break;
    }
    throw new AssertionError(state);
  }

  private void keepByte(byte c) {
    byte[] to = kept;
    if (to == null || bytes > to.length) {
      kept = to = to == null ? new byte[256] : Arrays.copyOf(to, 2 * to.length);
    }
    to[bytes - 1] = c;
  }

  private int name(byte c) {
    int bits = Octets.classOf(c);
    if ((bits & Octets.TOKEN) != 0) {
      lookalike |= (bits & Octets.LOOKALIKE) != 0;
      keep(c);
      return 0;
    }
    if (c != ':' || nameLength == 0) {
      return (c == '\n' ? Reject.BARE_LF : Reject.TRAILER).code();
    }
    state = State.VALUE;
    return isForbidden() ? Reject.TRAILER_FORBIDDEN.code() : 0;
  }

  private void keep(byte c) {
    if (name == null) {
      name = new byte[NAME_BYTES];
    }
    if (nameLength < NAME_BYTES) {
      name[nameLength] = c;
    }
    nameLength++;
  }

  private boolean isForbidden() {
    if (lookalike || name == null) {
      return true;
    }
    boolean whole = nameLength <= NAME_BYTES;
    FieldName known = FieldName.of(name, 0, Math.min(nameLength, NAME_BYTES));
    return known.forbiddenInTrailers && (whole || known == FieldName.X_FORWARDED);
  }

  private static boolean isText(byte c) {
    return c == '\t' || c < 0 || c >= ' ' && c != 0x7f;
  }
}
