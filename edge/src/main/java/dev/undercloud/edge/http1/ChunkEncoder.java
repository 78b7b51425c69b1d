package dev.undercloud.edge.http1;

import io.netty.buffer.ByteBuf;

/** Writes the chunked coding's framing around runs of bytes (RFC 9112, 7.1). */
public final class ChunkEncoder {
  /** The most that {@link #begin} writes. */
  public static final int BEGIN_BYTES = 10;

  private static final byte[] DIGITS = Octets.ascii("0123456789abcdef");
  private static final byte[] END = Octets.ascii("\r\n");
  private static final byte[] LAST = Octets.ascii("0\r\n\r\n");

  private ChunkEncoder() {}

  /** Begins a chunk of {@code length} bytes; not 0, which would end the body. */
  public static void begin(int length, ByteBuf out) {
    if (length <= 0) {
      throw new IllegalArgumentException("a chunk has at least a byte: " + length);
    }
    for (int shift = (31 - Integer.numberOfLeadingZeros(length)) & ~3; shift >= 0; shift -= 4) {
      out.writeByte(DIGITS[length >>> shift & 15]);
    }
    out.writeBytes(END);
  }

  /** Ends a chunk. */
  public static void end(ByteBuf out) {
    out.writeBytes(END);
  }

  /** Ends the body, with field lines as trailers, each with its line end. */
  public static void last(byte[] trailers, ByteBuf out) {
    out.writeBytes(LAST, 0, 3).writeBytes(trailers).writeBytes(END);
  }

  /** Ends the body, without trailers. */
  public static void last(ByteBuf out) {
    out.writeBytes(LAST);
  }
}
