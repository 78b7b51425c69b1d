package dev.undercloud.edge.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The chunked coding (RFC 9112, 7.1), byte by byte and without leniency: a size is hexadecimal
 * digits, a line ends with CRLF, extensions are well-formed and few, trailers carry nothing that
 * frames, routes or authenticates.
 */
final class ChunkedFraming {
  /** Bytes of extensions in one body: nobody uses them, so that more is an attack on the reader. */
  static final int MOST_EXTENSION_BYTES = 1024;

  /** Sixteen digits with the first below 8 are a positive long. */
  private static final int MOST_DIGITS = 16;

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILERS,
    DONE
  }

  private final ChunkExtension extension = new ChunkExtension();
  final TrailerSection trailers = new TrailerSection();
  private State state = State.DONE;
  private int digits;
  private int extensionBytes;
  private long left;

  /** Data bytes so far. */
  long payload;

  void start() {
    state = State.SIZE;
    digits = 0;
    extensionBytes = 0;
    left = 0;
    payload = 0;
    trailers.start();
  }

  boolean done() {
    return state == State.DONE;
  }

  /** Whether the next byte begins a chunk. */
  boolean isBetweenChunks() {
    return state == State.SIZE && digits == 0;
  }

  /** As {@link BodyFraming#take(ByteBuf, int, int, ByteBuf)}. */
  int take(ByteBuf in, int from, int to, @Nullable ByteBuf sink) {
    int i = from;
    while (i < to && state != State.DONE) {
      if (state == State.DATA) {
        i += data(in, i, to, sink);
        continue;
      }
      int fault = step(in.getByte(i++));
      if (fault != 0) {
        return fault;
      }
    }
    return i - from;
  }

  private int data(ByteBuf in, int from, int to, @Nullable ByteBuf sink) {
    int part = (int) Math.min(left, to - from);
    if (sink != null) {
      sink.writeBytes(in, from, part);
    }
    left -= part;
    payload += part;
    if (left == 0) {
      state = State.DATA_CR;
    }
    return part;
  }

  /** Takes one byte of framing; 0 or a reject code. */
  private int step(byte c) {
    switch (state) {
      case SIZE:
        return size(c);
      case EXTENSION:
        return extension(c);
      case SIZE_LF:
        if (c != '\n') {
          return Reject.BARE_CR.code();
        }
        state = left == 0 ? State.TRAILERS : State.DATA;
        return 0;
      case DATA_CR:
        state = State.DATA_LF;
        return c == '\r' ? 0 : Reject.CHUNK_END.code();
      case DATA_LF:
        state = State.SIZE;
        digits = 0;
        return c == '\n' ? 0 : Reject.CHUNK_END.code();
      case TRAILERS:
        int fault = trailers.step(c);
        if (trailers.done()) {
          state = State.DONE;
        }
        return fault;
      case DATA, DONE:
        break;
    }
    throw new AssertionError(state);
  }

  private int size(byte c) {
    int digit = digit(c);
    if (digit >= 0) {
      if (digits == MOST_DIGITS || left > Long.MAX_VALUE >> 4) {
        return Reject.CHUNK_SIZE.code();
      }
      digits++;
      left = left << 4 | digit;
      return 0;
    }
    if (digits == 0) {
      return Reject.CHUNK_SIZE.code();
    }
    if (c == '\r') {
      state = State.SIZE_LF;
      return 0;
    }
    if (c == ';') {
      extension.start();
      state = State.EXTENSION;
      return 0;
    }
    return (c == '\n' ? Reject.BARE_LF : Reject.CHUNK_SIZE).code();
  }

  private int extension(byte c) {
    if (c == '\r' && extension.mayEnd()) {
      state = State.SIZE_LF;
      return 0;
    }
    if (c == '\n') {
      return Reject.BARE_LF.code();
    }
    boolean sound = ++extensionBytes <= MOST_EXTENSION_BYTES && extension.step(c);
    return sound ? 0 : Reject.CHUNK_EXTENSION.code();
  }

  private static int digit(byte c) {
    if (Octets.isDigit(c)) {
      return c - '0';
    }
    int lower = Octets.lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
