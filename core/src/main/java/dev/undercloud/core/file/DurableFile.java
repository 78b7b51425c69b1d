package dev.undercloud.core.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Small files that are replaced whole: after a crash there is the old content or the new. */
public final class DurableFile {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private DurableFile() {}

  /**
   * Replaces what {@code file} holds; when it returns the new content survives a power cut. Only
   * the owner may read it. Blocks.
   */
  public static void write(Path file, byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no file has that name: " + file);
    }
    Path next = Files.createTempFile(folder, file.getFileName() + ".", ".new", owner());
    try {
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failed) {
      Files.deleteIfExists(next);
      throw failed;
    }
    sync(folder);
  }

  /** The same with text, as UTF-8. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes a folder that only its owner reads. */
  public static void privateFolder(Path folder) throws IOException {
    Files.createDirectories(folder.normalize());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  /** Removes {@code file}, if there is one, for good. */
  public static void delete(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.deleteIfExists(file) && folder != null) {
      sync(folder);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> owner() {
    return PosixFilePermissions.asFileAttribute(OWNER);
  }

  /** A rename is in the folder, which has a cache of its own. */
  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
