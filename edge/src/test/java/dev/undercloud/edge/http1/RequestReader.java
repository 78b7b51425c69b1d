package dev.undercloud.edge.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;

/** Reads one request, head and body, as a connection does, in pieces of any size. */
final class RequestReader {
  static final int MORE = Reject.MORE;

  final RequestHead head = new RequestHead(HeadLimits.DEFAULT);
  final BodyFraming body = new BodyFraming();

  /** Index after the head of the last request that had a whole one. */
  int headEnd;

  /** The request's length, MORE where it is not whole, or a reject code. */
  int whole(byte[] in) {
    return inPieces(in, in.length);
  }

  /** The same, {@code size} bytes more each time; the last piece may be smaller. */
  int inPieces(byte[] in, int size) {
    return read(in, offered -> Math.min(in.length, offered + size));
  }

  /** In two pieces, the first of {@code first} bytes. */
  int inTwo(byte[] in, int first) {
    return read(in, offered -> offered == 0 ? first : in.length);
  }

  int inRandomPieces(byte[] in, Random random) {
    return read(
        in,
        offered -> Math.min(in.length, offered + 1 + random.nextInt(in.length > 8192 ? 2000 : 9)));
  }

  private interface Pieces {
    /** How many bytes are there after the next piece has come. */
    int after(int offered);
  }

  private int read(byte[] in, Pieces pieces) {
    int offered = pieces.after(0);
    int length = head.parse(in, 0, offered);
    while (length == MORE && offered < in.length) {
      offered = pieces.after(offered);
      length = head.parse(in, 0, offered);
    }
    if (length < 0) {
      return length;
    }
    headEnd = length;
    ByteBuf buffer = Unpooled.wrappedBuffer(in);
    body.of(head);
    int at = length;
    while (!body.done()) {
      int taken = body.take(buffer, at, offered);
      if (Reject.is(taken)) {
        return taken;
      }
      at += taken;
      if (!body.done()) {
        if (offered == in.length) {
          return MORE;
        }
        offered = pieces.after(offered);
      }
    }
    return at;
  }
}
