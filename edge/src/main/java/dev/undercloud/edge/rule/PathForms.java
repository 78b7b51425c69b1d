package dev.undercloud.edge.rule;

import dev.undercloud.edge.http1.RequestHead;
import java.util.Arrays;

/**
 * The ways in which a request's path can be understood. Rules go by {@link #PLAIN}; a rule that
 * protects something goes by the others too, since nobody knows how an app reads its paths. Reused;
 * what it found holds until the next request. One event loop only.
 */
public final class PathForms {
  /** RFC 3986, 6.2.2: decoded once, slashes merged, parameters cut, dot segments removed. */
  public static final int PLAIN = 0;

  /** The same with its dot segments. */
  public static final int DECODED = 1;

  /** As the client sent it. */
  public static final int RAW = 2;

  /** What is wrong with a path that nobody should interpret. */
  public enum Fault {
    ESCAPE("The path holds a percent sign without two hexadecimal digits"),
    NUL("The path holds an encoded NUL"),
    OVERLONG("The path holds an overlong UTF-8 sequence"),
    CLIMBS("The path climbs above its root");

    private final String words;

    Fault(String words) {
      this.words = words;
    }

    /** A sentence without full stop. */
    public String words() {
      return words;
    }
  }

  private static final byte[] ROOT = {'/'};

  private final byte[] decoded;
  private final byte[] plain;
  private byte[] raw = ROOT;
  private int rawAt;
  private int rawLength = 1;
  private int decodedLength;
  private int plainLength;
  private boolean odd;

  /**
   * @param most bytes of the longest target
   */
  public PathForms(int most) {
    decoded = new byte[most + 1];
    plain = new byte[most + 1];
  }

  /** Reads the path of a parsed head; null where it is sound. */
  public @org.jspecify.annotations.Nullable Fault read(RequestHead head, byte[] in) {
    int at = head.pathAt();
    int length = pathEnd(in, at, head.pathLength());
    boolean root = length == 0 || in[at] != '/';
    return root ? read(ROOT, 0, 1) : read(in, at, length);
  }

  /** Reads {@code in[at, at + length)}, which begins with a slash and has no query. */
  @org.jspecify.annotations.Nullable
  Fault read(byte[] in, int at, int length) {
    raw = in;
    rawAt = at;
    rawLength = length;
    odd = !isSimple(in, at, length);
    if (!odd) {
      return null;
    }
    Fault fault = decode();
    if (fault != null) {
      return fault;
    }
    if (!removeDots()) {
      return Fault.CLIMBS;
    }
    odd = !Arrays.equals(plain, 0, plainLength, in, at, at + length);
    return null;
  }

  private static int pathEnd(byte[] in, int at, int length) {
    for (int i = 0; i < length; i++) {
      if (in[at + i] == '?') {
        return i;
      }
    }
    return length;
  }

  /** Whether there is nothing to decode, merge, cut or remove. */
  private static boolean isSimple(byte[] in, int at, int length) {
    byte before = 0;
    for (int i = at; i < at + length; i++) {
      byte c = in[i];
      boolean doubled = before == '/' && (c == '/' || c == '.');
      if (doubled || c == '%' || c == '\\' || c == ';') {
        return false;
      }
      before = c;
    }
    return true;
  }

  private @org.jspecify.annotations.Nullable Fault decode() {
    int end = rawAt + rawLength;
    int o = 0;
    int before = 0;
    boolean parameters = false;
    for (int i = rawAt; i < end; i++) {
      int c = raw[i];
      if (c == '%') {
        c = i + 2 < end ? hex(raw[i + 1]) << 4 | hex(raw[i + 2]) : -1;
        i += 2;
        if (c < 0) {
          return Fault.ESCAPE;
        }
        if (c == 0) {
          return Fault.NUL;
        }
        if (isOverlong(before, c)) {
          return Fault.OVERLONG;
        }
      }
      before = c;
      if (c == '/' || c == '\\') {
        parameters = false;
        if (o == 0 || decoded[o - 1] != '/') {
          decoded[o++] = '/';
        }
      } else if (c == ';') {
        parameters = true;
      } else if (!parameters) {
        decoded[o++] = (byte) c;
      }
    }
    decodedLength = o;
    return null;
  }

  /** -1 for what is no digit, whose sign outlives shifting and joining. */
  private static int hex(byte c) {
    return Character.digit(c, 16);
  }

  /** A shorter way to say the same exists, and a careless decoder takes the longer for it. */
  private static boolean isOverlong(int before, int c) {
    if (c < 0x80 || c > 0xbf) {
      return false;
    }
    return before == 0xc0
        || before == 0xc1
        || before == 0xe0 && c < 0xa0
        || before == 0xf0 && c < 0x90;
  }

  /** RFC 3986, 5.2.4; false where there is no parent to go to. */
  private boolean removeDots() {
    int o = 0;
    int i = 0;
    while (i < decodedLength) {
      // At a slash; the segment goes to the next one.
      int end = i + 1;
      while (end < decodedLength && decoded[end] != '/') {
        end++;
      }
      int length = end - i - 1;
      boolean last = end == decodedLength;
      if (length == 1 && decoded[i + 1] == '.') {
        o = last ? slash(o) : o;
      } else if (length == 2 && decoded[i + 1] == '.' && decoded[i + 2] == '.') {
        if (o == 0) {
          return false;
        }
        while (plain[--o] != '/') {
          // To the parent's slash.
        }
        o = last ? slash(o) : o;
      } else {
        System.arraycopy(decoded, i, plain, o, end - i);
        o += end - i;
      }
      i = end;
    }
    plainLength = o == 0 ? slash(0) : o;
    return true;
  }

  private int slash(int at) {
    plain[at] = '/';
    return at + 1;
  }

  /** Whether the forms differ at all. */
  public boolean odd() {
    return odd;
  }

  /** The bytes of a form, from {@link #at} on. */
  public byte[] bytes(int form) {
    return !odd || form == RAW ? raw : form == PLAIN ? plain : decoded;
  }

  public int at(int form) {
    return !odd || form == RAW ? rawAt : 0;
  }

  public int length(int form) {
    return !odd || form == RAW ? rawLength : form == PLAIN ? plainLength : decodedLength;
  }
}
