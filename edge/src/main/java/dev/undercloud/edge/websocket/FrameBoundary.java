package dev.undercloud.edge.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455, 5.2) just far enough to know where
 * one ends: that is the only place where a proxy can say something of its own. It looks at headers
 * alone, judges nothing and changes nothing. A few nanoseconds a frame. Not safe across threads.
 */
public final class FrameBoundary {
  private static final int OPCODE = 0x0f;
  private static final int CLOSE = 0x08;
  private static final int MASKED = 0x80;
  private static final int LENGTH = 0x7f;
  private static final int IN_TWO_BYTES = 126;
  private static final int IN_EIGHT_BYTES = 127;
  private static final int MASK_BYTES = 4;

  /** A few small frames, or the header of a large one. */
  private static final int WINDOW_BYTES = 64;

  /** A Close frame of a server: 1001, going away. */
  private static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

  /** Where headers are looked at: one access to the buffer for all that is near. */
  private final byte[] window = new byte[WINDOW_BYTES];

  /** Bytes of the header that were seen; 0 between frames. */
  private int seen;

  /** Bytes of an extended length still to come. */
  private int lengthBytes;

  private long length;
  private boolean masked;
  private boolean closing;

  /** Mask and payload still to come, once the length is known. */
  private long left;

  /** A Close frame from server to client with status 1001, for the caller to release. */
  public static ByteBuf goingAway() {
    return Unpooled.wrappedBuffer(GOING_AWAY);
  }

  /** Whether the last frame has ended and no other has begun. */
  public boolean isBetweenFrames() {
    return seen == 0;
  }

  /** Whether a Close frame has begun: after that its sender says nothing more. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Takes bytes of {@code in[from, to)} up to the end of the frame that is on its way, at most all
   * of them; at least one where there is one.
   *
   * @return how many were taken; indexes of {@code in} do not change
   */
  public int take(ByteBuf in, int from, int to) {
    return take(in, from, to, true);
  }

  /** Takes all of {@code in[from, to)}, however many frames that is. */
  public void follow(ByteBuf in, int from, int to) {
    take(in, from, to, false);
  }

  private int take(ByteBuf in, int from, int to, boolean one) {
    int at = from;
    int windowAt = from;
    int windowEnd = from;
    while (at < to) {
      if (left > 0) {
        int part = (int) Math.min(left, to - at);
        at += part;
        left -= part;
      } else {
        if (at >= windowEnd) {
          windowAt = at;
          windowEnd = Math.min(to, at + WINDOW_BYTES);
          in.getBytes(at, window, 0, windowEnd - at);
        }
        header(window[at++ - windowAt] & 0xff);
      }
      if (seen > 1 && lengthBytes == 0 && left == 0) {
        seen = 0;
        if (one) {
          return at - from;
        }
      }
    }
    return at - from;
  }

  private void header(int b) {
    if (++seen == 1) {
      closing |= (b & OPCODE) == CLOSE;
      return;
    }
    if (seen == 2) {
      masked = (b & MASKED) != 0;
      length = b & LENGTH;
      lengthBytes = length == IN_TWO_BYTES ? 2 : length == IN_EIGHT_BYTES ? Long.BYTES : 0;
      if (lengthBytes > 0) {
        length = 0;
        return;
      }
    } else {
      length = length << 8 | b;
      if (--lengthBytes > 0) {
        return;
      }
    }
    // A length beyond 63 bits is none: no end of such a frame will ever come.
    left = length < 0 ? Long.MAX_VALUE : length + (masked ? MASK_BYTES : 0);
  }
}
