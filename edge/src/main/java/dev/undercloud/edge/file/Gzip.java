package dev.undercloud.edge.file;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Compresses whole files, once for many clients. Any thread. */
final class Gzip {
  private static final int BUFFER_BYTES = 16 << 10;

  /** A body that shrinks by less than a tenth is sent as it is: unpacking costs the client, too. */
  private static final int WORTH_TENTHS = 9;

  private Gzip() {}

  /** {@code content} compressed, in memory of its own; null where that gains little. */
  static @Nullable ByteBuf of(ByteBuf content) {
    int size = content.readableBytes();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(size / 3 + BUFFER_BYTES);
    try (OutputStream out = new GZIPOutputStream(bytes, BUFFER_BYTES)) {
      content.getBytes(content.readerIndex(), out, size);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    if ((long) bytes.size() * 10 > (long) size * WORTH_TENTHS) {
      return null;
    }
    return Unpooled.directBuffer(bytes.size()).writeBytes(bytes.toByteArray());
  }
}
