package dev.undercloud.observe.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file that is appended to and, when it is large, becomes {@code name.1}, that {@code name.2} and
 * so on; the oldest is deleted. One thread. Only whole chunks are left in it: one that fails
 * half-way is cut off again.
 */
final class RotatingFile implements AutoCloseable {
  private static final Set<StandardOpenOption> APPEND =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

  private final Path path;
  private final long largest;
  private final int files;
  private @Nullable FileChannel channel;
  private long size;

  /**
   * @param largest bytes of one file
   * @param files kept, the one written to included; at least 2
   */
  RotatingFile(Path path, long largest, int files) {
    this.path = path;
    this.largest = largest;
    this.files = files;
  }

  /** Appends whole lines. */
  void append(byte[] bytes, int length) throws IOException {
    FileChannel out = open();
    if (size > 0 && size + length > largest) {
      rotate();
      out = open();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    try {
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      size += length;
    } catch (IOException failed) {
      try {
        out.truncate(size);
      } finally {
        close();
      }
      throw failed;
    }
  }

  private FileChannel open() throws IOException {
    FileChannel out = channel;
    if (out == null) {
      Path folder = path.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      // Addresses of visitors stand in it: for the owner alone.
      out =
          FileChannel.open(
              path,
              APPEND,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      size = out.size();
      out.position(size);
      channel = out;
    }
    return out;
  }

  private void rotate() throws IOException {
    close();
    for (int i = files - 1; i >= 1; i--) {
      Path from = i == 1 ? path : numbered(i - 1);
      if (Files.exists(from)) {
        Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private Path numbered(int n) {
    return path.resolveSibling(path.getFileName() + "." + n);
  }

  @Override
  public void close() throws IOException {
    FileChannel out = channel;
    channel = null;
    size = 0;
    if (out != null) {
      out.close();
    }
  }
}
