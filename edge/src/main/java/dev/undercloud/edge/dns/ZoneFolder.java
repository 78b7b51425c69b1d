package dev.undercloud.edge.dns;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.file.DurableFile;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A folder with a master file per zone: {@code example.com.zone}. Blocks. */
final class ZoneFolder {
  private static final String SUFFIX = ".zone";

  /** Octets of a file: as many records as a zone may have, of some hundred and fifty. */
  private static final long LONGEST_FILE = 32L << 20;

  /** A lock of a file is a process's, not a thread's. */
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private final Path folder;

  ZoneFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Waits for the turn to read and write; processes and threads have it one after another, and the
   * kernel takes it back from who dies.
   */
  Turn turn() {
    IN_THIS_PROCESS.lock();
    Path file = folder.resolve(".lock");
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.lock();
      return new Turn(channel);
    } catch (IOException refused) {
      IN_THIS_PROCESS.unlock();
      throw failure("Cannot lock the zones", file, refused);
    }
  }

  /** Closing ends the turn; by the thread that took it. */
  static final class Turn implements AutoCloseable {
    private final FileChannel channel;

    private Turn(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException goneAnyway) {
        // The descriptor is closed; the lock went with it.
      } finally {
        IN_THIS_PROCESS.unlock();
      }
    }
  }

  /** Every zone; none where the folder is not there. */
  Map<DnsName, Zone> read() {
    Map<DnsName, Zone> zones = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return zones;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[!.]*" + SUFFIX)) {
      for (Path file : files) {
        Zone zone = read(file);
        zones.put(zone.name(), zone);
      }
    } catch (IOException unreadable) {
      throw failure("Cannot read zones", folder, unreadable);
    }
    return zones;
  }

  /** One zone; null where it has no file. */
  @Nullable Zone read(DnsName zone) {
    Path file = file(zone);
    return Files.exists(file) ? read(file) : null;
  }

  private static Zone read(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      DnsName zone = DnsName.of(name.substring(0, name.length() - SUFFIX.length()));
      if (Files.size(file) > LONGEST_FILE) {
        throw new IllegalArgumentException("it is over 32 MiB");
      }
      return ZoneFile.read(zone, Files.readAllBytes(file), file.toString());
    } catch (IllegalArgumentException wrong) {
      throw new CloudException(
          new Problem(
              "dns-zone-invalid",
              Problem.Kind.USER,
              "Not a zone file",
              file.toString(),
              RecordText.because(wrong),
              "Name it after its zone: example.com.zone"),
          wrong);
    } catch (IOException unreadable) {
      throw failure("Cannot read a zone", file, unreadable);
    }
  }

  /**
   * Writes a zone durably. A file that a person wrote is kept beside it once, as {@code
   * example.com.zone~}: its remarks would be lost.
   */
  void write(Zone zone) {
    Path file = file(zone.name());
    try {
      Files.createDirectories(folder);
      if (Files.exists(file)) {
        String before = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (!ZoneFile.isOurs(before)) {
          DurableFile.write(file.resolveSibling(file.getFileName() + "~"), Files.readString(file));
        }
      }
      DurableFile.write(file, ZoneFile.write(zone));
    } catch (IOException full) {
      throw failure("Cannot write the zone " + zone.name(), file, full);
    }
  }

  void delete(DnsName zone) {
    Path file = file(zone);
    try {
      Files.delete(file);
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    } catch (IOException refused) {
      throw failure("Cannot delete the zone " + zone, file, refused);
    }
  }

  private Path file(DnsName zone) {
    return folder.resolve(fileName(zone) + SUFFIX);
  }

  /** What files of a zone begin with: its name, without the final dot. */
  static String fileName(DnsName zone) {
    String name = zone.toString().toLowerCase(Locale.ROOT);
    // No path can be made of it: neither a slash nor a leading dot is left.
    if (!name.matches("[a-z0-9_-][a-z0-9._-]*\\.")) {
      throw CloudException.user(
          "dns-name-invalid",
          "No file can be named after the zone " + zone,
          "only letters, digits, hyphens and underscores can be",
          "Choose another name.");
    }
    return name.substring(0, name.length() - 1);
  }

  private static CloudException failure(String what, Path where, IOException why) {
    return new CloudException(
        new Problem(
            "dns-folder",
            Problem.Kind.RESOURCE,
            what,
            where.toString(),
            String.valueOf(why.getMessage()),
            "Nothing was changed. Make the folder readable and writable, and see that the disk is not full."),
        why);
  }
}
