package dev.undercloud.edge.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are the old or the new ones after a crash, never in between. Blocks. */
final class DurableFiles {
  private static final String UNFINISHED = ".unfinished";

  private DurableFiles() {}

  /** Puts {@code text} in the place of {@code file}; when this returns it survives a power cut. */
  static void write(Path file, String text) throws IOException {
    Path next = file.resolveSibling("." + file.getFileName() + UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(folder(file));
  }

  static void delete(Path file) throws IOException {
    Files.delete(file);
    sync(folder(file));
  }

  private static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException("a file is in a folder: " + file);
    }
    return folder;
  }

  /** The names in a folder are data of the folder. */
  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
