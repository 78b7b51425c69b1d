package dev.undercloud.edge.file;

import dev.undercloud.edge.net.Descriptor;
import dev.undercloud.edge.reply.ChangedException;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * A part of an open file on its way to a socket without passing through our memory: {@code
 * sendfile(2)} from the very descriptor that was looked at, which Netty's own region, made of a
 * path or a Java channel, cannot have. Its loop's thread only.
 */
final class SentFile extends AbstractReferenceCounted implements FileRegion {
  private final OpenFile file;
  private final Descriptor socket;
  private final long position;
  private final long count;
  private long transferred;

  /** Retains {@code file} until all is sent or given up. */
  SentFile(OpenFile file, Descriptor socket, long position, long count) {
    this.file = file.retain();
    this.socket = socket;
    this.position = position;
    this.count = count;
  }

  /**
   * Called by the socket's own channel.
   *
   * @param target ignored: it would have us copy
   * @throws ChangedException where the file is no longer what its head told; the channel then
   *     closes
   */
  @Override
  public long transferTo(WritableByteChannel target, long at) throws IOException {
    long sent =
        file.unchanged() ? file.send(socket.number(), position + at, count - at) : Kernel.NO_MORE;
    if (sent == Kernel.NO_MORE) {
      throw new ChangedException();
    }
    if (sent < 0) {
      throw new IOException("the connection is broken");
    }
    transferred += sent;
    return sent;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public long transferred() {
    return transferred;
  }

  @Override
  @Deprecated
  public long transfered() {
    return transferred;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public FileRegion retain() {
    super.retain();
    return this;
  }

  @Override
  public FileRegion retain(int increment) {
    super.retain(increment);
    return this;
  }

  @Override
  public FileRegion touch() {
    return this;
  }

  @Override
  public FileRegion touch(Object hint) {
    return this;
  }

  @Override
  protected void deallocate() {
    file.release();
  }
}
