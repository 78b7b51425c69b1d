package dev.undercloud.edge.compress;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** gzip (RFC 1952) by the JDK's zlib. */
final class GzipEncoder implements Encoder {
  /** Of 1 to 9: a third faster than zlib's 6 for some 3 % more bytes. */
  private static final int LEVEL = 5;

  /** Deflate, no name, no time, some operating system. */
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private static final int ROOM = 256;

  private final Deflater deflater = new Deflater(LEVEL, true);
  private final CRC32 crc = new CRC32();
  private long length;
  private boolean begun;

  @Override
  public void write(ByteBuf in, ByteBuf out, boolean flush) {
    begin(out);
    ByteBuffer bytes = in.nioBuffer();
    length += bytes.remaining();
    crc.update(bytes.duplicate());
    deflater.setInput(bytes);
    drain(out, flush ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH);
    in.readerIndex(in.writerIndex());
  }

  private void begin(ByteBuf out) {
    if (!begun) {
      begun = true;
      out.writeBytes(HEADER);
    }
  }

  private void drain(ByteBuf out, int flush) {
    int written;
    int room;
    do {
      out.ensureWritable(ROOM);
      room = out.writableBytes();
      ByteBuffer target = out.internalNioBuffer(out.writerIndex(), room);
      written = deflater.deflate(target, flush);
      out.writerIndex(out.writerIndex() + written);
    } while (written == room);
  }

  @Override
  public void end(ByteBuf out) {
    begin(out);
    deflater.finish();
    while (!deflater.finished()) {
      drain(out, Deflater.NO_FLUSH);
    }
    out.writeIntLE((int) crc.getValue());
    out.writeIntLE((int) length);
    reset();
  }

  @Override
  public void reset() {
    deflater.reset();
    crc.reset();
    length = 0;
    begun = false;
  }

  @Override
  public void close() {
    deflater.end();
  }
}
