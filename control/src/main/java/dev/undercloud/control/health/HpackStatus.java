package dev.undercloud.control.health;

import java.nio.charset.StandardCharsets;

/**
 * The {@code :status} of a response's field block (RFC 7541), which comes before all other fields
 * (RFC 9113, 8.3): no more of HPACK than that takes.
 */
final class HpackStatus {
  /** Entries 8 to 14 of the static table. */
  private static final int[] STATIC = {200, 204, 206, 304, 400, 404, 500};

  private static final int FIRST = 8;
  private static final int LAST = 14;
  private static final int DIGITS = 3;

  private HpackStatus() {}

  /** The status; -1 where the block does not begin with one. */
  static int of(byte[] block) {
    int i = 0;
    // Updates of the table's size may come first (6.3), of one byte or more.
    while (i < block.length && (block[i] & 0xe0) == 0x20) {
      boolean longer = (block[i++] & 0x1f) == 0x1f;
      while (longer && i < block.length) {
        longer = (block[i++] & 0x80) != 0;
      }
    }
    if (i == block.length) {
      return -1;
    }
    int first = block[i] & 0xff;
    if ((first & 0x80) != 0) {
      int index = first & 0x7f;
      return index < FIRST || index > LAST ? -1 : STATIC[index - FIRST];
    }
    int name = (first & 0x40) != 0 ? first & 0x3f : first & 0x0f;
    return name < FIRST || name > LAST || i + 1 == block.length ? -1 : value(block, i + 1);
  }

  private static int value(byte[] block, int at) {
    int length = block[at] & 0x7f;
    if (at + 1 + length > block.length) {
      return -1;
    }
    return (block[at] & 0x80) != 0
        ? coded(block, at + 1, length)
        : length == DIGITS
            ? number(new String(block, at + 1, length, StandardCharsets.ISO_8859_1))
            : -1;
  }

  private static int number(String text) {
    return text.length() == DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Integer.parseInt(text)
        : -1;
  }

  /** Huffman's code of digits: five bits for 0 to 2, six for the others (RFC 7541, B). */
  private static int coded(byte[] block, int at, int length) {
    StringBuilder digits = new StringBuilder();
    int bit = 8 * at;
    int end = 8 * (at + length);
    while (digits.length() < DIGITS) {
      int five = bits(block, bit, end, 5);
      int six = bits(block, bit, end, 6);
      if (five >= 0 && five <= 2) {
        digits.append(five);
        bit += 5;
      } else if (six >= 0x19 && six <= 0x1f) {
        digits.append(six - 0x16);
        bit += 6;
      } else {
        return -1;
      }
    }
    return number(digits.toString());
  }

  private static int bits(byte[] block, int from, int end, int count) {
    if (from + count > end) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < from + count; i++) {
      value = value << 1 | block[i >> 3] >> (7 - (i & 7)) & 1;
    }
    return value;
  }
}
