package dev.undercloud.edge.compress;

import io.netty.buffer.ByteBuf;

/** Compresses one body after another. One thread at a time. */
interface Encoder {
  /**
   * Compresses what {@code in} has left, of which nothing is kept.
   *
   * @param flush whether all of it must be told by what was appended to {@code out} so far
   */
  void write(ByteBuf in, ByteBuf out, boolean flush);

  /** Appends the end of the body; then another may begin. */
  void end(ByteBuf out);

  /** Forgets a body that will not end; then another may begin. */
  void reset();

  /** Gives its memory back. */
  void close();
}
