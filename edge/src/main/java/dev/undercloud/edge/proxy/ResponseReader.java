package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.Reject;
import dev.undercloud.edge.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Response heads of one connection to a replica, from its bytes to the loop's response head; holds
 * what is not one yet. Its loop's thread only.
 */
final class ResponseReader {
  /** Heads fit in here nearly always: a body behind one is not copied just to look at the head. */
  private static final int FIRST_LOOK = 4096;

  /**
   * Interim responses before a final one: early hints need one or two, a WebDAV server that says
   * every 20 s that it still works less than these in ten minutes. More is a flood, and the client
   * may not even be reading.
   */
  static final int MOST_INTERIM = 32;

  private final Loop loop;
  private @Nullable ByteBuf held;
  private int interims;

  ResponseReader(Loop loop) {
    this.loop = loop;
  }

  /** The heads of another response begin. */
  void begin() {
    interims = 0;
  }

  /** What was held, with {@code in} behind it; takes the reference of {@code in}. */
  ByteBuf behindHeld(ByteBuf in) {
    ByteBuf before = held;
    if (before == null) {
      return in;
    }
    before.writeBytes(in);
    in.release();
    held = null;
    return before;
  }

  /**
   * As {@link ResponseHead#parse}, into the loop's response head. Where more has to come first, all
   * of {@code in} is held.
   */
  int read(ByteBuf in, boolean toHead) {
    int length = parse(in, toHead);
    if (length == ResponseHead.MORE || isHeadAlone(in, length)) {
      held = loop.alloc().buffer(Math.max(FIRST_LOOK, 2 * in.readableBytes())).writeBytes(in);
      return ResponseHead.MORE;
    }
    return length;
  }

  /**
   * A head whose body is announced but not begun. Python servers send the two one after the other:
   * passing the first alone costs a system call more, and a replica that is killed in between would
   * leave the client with half a response where another replica could have given a whole one.
   */
  private boolean isHeadAlone(ByteBuf in, int length) {
    return loop.response.body == ResponseHead.Body.LENGTH
        && !Reject.is(length)
        && !loop.response.interim
        && in.readableBytes() == length;
  }

  private int parse(ByteBuf in, boolean toHead) {
    int readable = Math.min(in.readableBytes(), loop.in.length);
    int look = Math.min(readable, FIRST_LOOK);
    in.getBytes(in.readerIndex(), loop.in, 0, look);
    int length = loop.response.parse(loop.in, 0, look, toHead);
    if (length == ResponseHead.MORE && look < readable) {
      in.getBytes(in.readerIndex(), loop.in, 0, readable);
      length = loop.response.parse(loop.in, 0, readable, toHead);
    }
    return length;
  }

  /** Counts an interim response; whether these are too many. */
  boolean isFlooded() {
    return ++interims > MOST_INTERIM;
  }

  /** Whether something is held that belongs to no response yet. */
  boolean holds() {
    return held != null;
  }

  void drop() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
