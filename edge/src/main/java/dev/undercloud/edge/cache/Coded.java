package dev.undercloud.edge.cache;

import dev.undercloud.edge.compress.Coding;

/**
 * What a stored response is when it is compressed, made once and sent to all who take it so.
 *
 * @param head as {@link Entry#head}, of this form
 */
record Coded(Coding coding, byte[] head, byte[][] body) {
  /** An object, its arrays and its place. */
  private static final int OVERHEAD = 80;

  /** Bytes of the body, which is one piece. */
  int length() {
    return body[0].length;
  }

  /** Bytes that it counts for. */
  long weight() {
    return OVERHEAD + head.length + length();
  }
}
