package dev.undercloud.edge.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes from one socket to another without copying them into this process, by splice(2)
 * through a pipe that is empty between two moves. One for each event loop, on its thread only.
 */
public final class Pipe {
  /** A pipe holds 16 pages unless told otherwise. */
  private static final int BYTES = 64 << 10;

  private FileDescriptor @Nullable [] ends;
  private boolean closed;

  /**
   * Moves what {@code from} has and {@code to} takes, at most {@code most} bytes. What {@code to}
   * did not take of the last piece waits in its channel, flushed, as any other write does. Failures
   * show at the next read or write of the channel that has failed.
   *
   * @return the bytes that left {@code from}
   */
  public long move(Descriptor from, Descriptor to, long most) {
    FileDescriptor[] pipe = open();
    long moved = 0;
    while (pipe != null && moved < most) {
      int in = splice(from.number(), pipe[1].intValue(), (int) Math.min(BYTES, most - moved));
      if (in <= 0) {
        break;
      }
      moved += in;
      int left = in;
      while (left > 0) {
        int out = splice(pipe[0].intValue(), to.number(), left);
        if (out <= 0) {
          break;
        }
        left -= out;
      }
      if (left > 0) {
        to.channel().writeAndFlush(rest(pipe[0], left), to.channel().voidPromise());
        break;
      }
    }
    return moved;
  }

  private static int splice(int from, int to, int most) {
    if (from < 0 || to < 0) {
      return 0;
    }
    try {
      return Native.splice(from, -1, to, -1, most);
    } catch (IOException e) {
      return 0;
    }
  }

  private static ByteBuf rest(FileDescriptor pipe, int bytes) {
    ByteBuf rest = Transport.BUFFERS.directBuffer(bytes);
    try {
      while (rest.readableBytes() < bytes) {
        int end = rest.writerIndex();
        int read = pipe.readAddress(rest.memoryAddress(), end, bytes);
        if (read <= 0) {
          throw new IOException("a pipe lost " + (bytes - end) + " bytes");
        }
        rest.writerIndex(end + read);
      }
      return rest;
    } catch (IOException e) {
      rest.release();
      throw new UncheckedIOException(e);
    }
  }

  /** Null where this process has no descriptor left: then everything goes the usual way. */
  private FileDescriptor @Nullable [] open() {
    if (ends == null && !closed) {
      try {
        ends = FileDescriptor.pipe();
      } catch (IOException e) {
        return null;
      }
    }
    return ends;
  }

  /** The loop ends. */
  public void close() {
    FileDescriptor[] open = ends;
    closed = true;
    ends = null;
    if (open != null) {
      for (FileDescriptor end : open) {
        try {
          end.close();
        } catch (IOException e) {
          // Nothing was in it.
        }
      }
    }
  }
}
