package dev.undercloud.edge.http2;

import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Names of fields as they were seen before, each with the value it had last: most heads of an app
 * have most fields in common, and then nothing is allocated for them. Bounded: names that hash
 * alike displace each other.
 */
final class KnownFields {
  private static final int NAMES = 256;

  /** Longer values are not kept: they rarely come twice. */
  private static final int KEPT_VALUE = 256;

  private static final int KEPT_NAME = 64;

  private final @Nullable Name[] names = new @Nullable Name[NAMES];
  private final Predicate<AsciiString> dropped;

  /**
   * @param dropped which fields do not pass
   */
  KnownFields(Predicate<AsciiString> dropped) {
    this.dropped = dropped;
  }

  /** A name in one of the ways of writing it. */
  static final class Name {
    private final byte[] written;
    final AsciiString lower;
    final boolean dropped;
    private AsciiString last = AsciiString.EMPTY_STRING;

    Name(byte[] written, Predicate<AsciiString> drops) {
      this.written = written;
      byte[] bytes = written.clone();
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
          bytes[i] |= 0x20;
        }
      }
      lower = new AsciiString(bytes, false);
      dropped = drops.test(lower);
    }

    AsciiString value(byte[] in, int from, int to) {
      AsciiString before = last;
      if (Arrays.equals(
          before.array(),
          before.arrayOffset(),
          before.arrayOffset() + before.length(),
          in,
          from,
          to)) {
        return before;
      }
      AsciiString value = new AsciiString(Arrays.copyOfRange(in, from, to), false);
      if (to - from <= KEPT_VALUE && !Sensitive.is(lower)) {
        last = value;
      }
      return value;
    }
  }

  Name name(byte[] in, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + in[i];
    }
    int slot = (hash ^ hash >>> 8) & NAMES - 1;
    Name known = names[slot];
    if (known != null && Arrays.equals(known.written, 0, known.written.length, in, from, to)) {
      return known;
    }
    Name name = new Name(Arrays.copyOfRange(in, from, to), dropped);
    if (to - from <= KEPT_NAME) {
      names[slot] = name;
    }
    return name;
  }
}
