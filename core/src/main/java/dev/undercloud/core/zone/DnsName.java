package dev.undercloud.core.zone;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An absolute domain name (RFC 1035, 3.1), held as it travels: length-prefixed labels ending with
 * the root's zero. Letters keep the case they were given; equality ignores it (RFC 4343).
 * Immutable.
 */
public final class DnsName implements Comparable<DnsName> {
  /** Octets of the longest name, with the root's. */
  public static final int LONGEST = 255;

  /** Octets of the longest label. */
  public static final int LONGEST_LABEL = 63;

  public static final DnsName ROOT = new DnsName(new byte[] {0});

  private final byte[] wire;
  private final byte[] lower;

  private DnsName(byte[] wire) {
    this.wire = wire;
    byte[] folded = wire;
    for (int i = 0; i < wire.length; i++) {
      if (lower(wire[i]) != wire[i]) {
        folded = folded == wire ? wire.clone() : folded;
        folded[i] = lower(wire[i]);
      }
    }
    lower = folded;
  }

  /**
   * Reads {@code www.example.com} with or without the final dot; {@code \.} and {@code \ddd} escape
   * as in zone files, {@code .} is the root.
   *
   * @throws IllegalArgumentException where a label is empty or too long, or the name is
   */
  public static DnsName of(String text) {
    if (text.equals(".")) {
      return ROOT;
    }
    byte[] out = new byte[LONGEST];
    int label = 0;
    int at = 1;
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < in.length; i++) {
      int octet = in[i];
      if (octet == '.') {
        end(out, label, at, text);
        if (i == in.length - 1) {
          return finish(out, at, text);
        }
        label = at++;
        continue;
      }
      if (octet == '\\') {
        int digits = escaped(in, i, text);
        octet = digits < 0 ? in[i + 1] : digits;
        i += digits < 0 ? 1 : 3;
      }
      if (at >= LONGEST - 1) {
        throw bad(text, "it is longer than 255 octets");
      }
      out[at++] = (byte) octet;
    }
    end(out, label, at, text);
    return finish(out, at, text);
  }

  /** The name that {@code wire} holds from {@code at} on, without compression. */
  public static DnsName fromWire(byte[] wire, int at) {
    int end = at;
    while (wire[end] != 0) {
      if (wire[end] < 0 || wire[end] > LONGEST_LABEL) {
        throw new IllegalArgumentException("a label longer than 63 octets, or a pointer");
      }
      end += wire[end] + 1;
    }
    if (end + 1 - at > LONGEST) {
      throw new IllegalArgumentException("a name longer than 255 octets");
    }
    return new DnsName(Arrays.copyOfRange(wire, at, end + 1));
  }

  private static int escaped(byte[] in, int at, String text) {
    if (at + 1 >= in.length) {
      throw bad(text, "it ends with a backslash");
    }
    if (in[at + 1] < '0' || in[at + 1] > '9') {
      return -1;
    }
    int value = 0;
    for (int i = 1; i <= 3; i++) {
      if (at + i >= in.length || in[at + i] < '0' || in[at + i] > '9') {
        throw bad(text, "an escape has three digits");
      }
      value = value * 10 + in[at + i] - '0';
    }
    if (value > 255) {
      throw bad(text, "an escape is at most \\255");
    }
    return value;
  }

  private static void end(byte[] out, int label, int at, String text) {
    int length = at - label - 1;
    if (length == 0) {
      throw bad(text, "a label is empty");
    }
    if (length > LONGEST_LABEL) {
      throw bad(text, "a label is longer than 63 octets");
    }
    out[label] = (byte) length;
  }

  private static DnsName finish(byte[] out, int at, String text) {
    if (at >= LONGEST) {
      throw bad(text, "it is longer than 255 octets");
    }
    return new DnsName(Arrays.copyOf(out, at + 1));
  }

  private static IllegalArgumentException bad(String text, String why) {
    return new IllegalArgumentException("not a domain name: " + text + ": " + why);
  }

  /** ASCII lower case; other octets as they are. */
  public static byte lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? (byte) (octet + 32) : octet;
  }

  /** Octets on the wire, with the root's. */
  public int length() {
    return wire.length;
  }

  /** A copy of its octets. */
  public byte[] toWire() {
    return wire.clone();
  }

  /** A copy of its octets in lower case: what names are compared by. */
  public byte[] toLowerWire() {
    return lower.clone();
  }

  public boolean isRoot() {
    return wire.length == 1;
  }

  /** Whether the first label is the asterisk of RFC 4592. */
  public boolean isWildcard() {
    return wire.length > 2 && wire[0] == 1 && wire[1] == '*';
  }

  /** Without the first label; of the root, the root. */
  public DnsName parent() {
    return isRoot() ? this : new DnsName(Arrays.copyOfRange(wire, wire[0] + 1, wire.length));
  }

  /** Whether it is {@code zone} or below it. */
  public boolean isIn(DnsName zone) {
    int from = lower.length - zone.lower.length;
    if (from < 0 || !Arrays.equals(lower, from, lower.length, zone.lower, 0, zone.lower.length)) {
      return false;
    }
    int at = 0;
    while (at < from) {
      at += lower[at] + 1;
    }
    return at == from;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DnsName name && Arrays.equals(lower, name.lower);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(lower);
  }

  /** By octets from the right, label by label: a zone comes before what is below it. */
  @Override
  public int compareTo(DnsName other) {
    String[] mine = labels();
    String[] theirs = other.labels();
    for (int i = 1; i <= Math.min(mine.length, theirs.length); i++) {
      int order = mine[mine.length - i].compareTo(theirs[theirs.length - i]);
      if (order != 0) {
        return order;
      }
    }
    return mine.length - theirs.length;
  }

  private String[] labels() {
    int count = 0;
    for (int at = 0; lower[at] != 0; at += lower[at] + 1) {
      count++;
    }
    String[] labels = new String[count];
    int at = 0;
    for (int i = 0; i < count; i++) {
      labels[i] = new String(lower, at + 1, lower[at], StandardCharsets.ISO_8859_1);
      at += lower[at] + 1;
    }
    return labels;
  }

  /** Absolute, with the final dot, escaped as in a zone file. */
  @Override
  public String toString() {
    return text(wire, 0);
  }

  /** The name in {@code wire} from {@code at} on, as {@link #toString} writes it. */
  public static String text(byte[] wire, int at) {
    StringBuilder text = new StringBuilder();
    int i = at;
    while (wire[i] != 0) {
      for (int end = i + wire[i]; i < end; ) {
        int octet = wire[++i] & 255;
        if (octet == '.'
            || octet == '\\'
            || octet == '"'
            || octet == ';'
            || octet == '@'
            || octet == '('
            || octet == ')'
            || octet == '$') {
          text.append('\\').append((char) octet);
        } else if (octet <= ' ' || octet >= 127) {
          text.append('\\').append((char) ('0' + octet / 100));
          text.append((char) ('0' + octet / 10 % 10)).append((char) ('0' + octet % 10));
        } else {
          text.append((char) octet);
        }
      }
      i++;
      text.append('.');
    }
    return text.isEmpty() ? "." : text.toString();
  }
}
