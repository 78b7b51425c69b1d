package dev.undercloud.runtime.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Copies projects. Content is hashed while it is copied, so the hash is always of what lies in the
 * copy, whatever an editor does at the same time. Nothing is linked from the project: a later edit
 * can never reach a copy. Blocking.
 */
final class Snapshots {
  /**
   * Beside the copy: what links led to outside of the project, so that who serves no links serves
   * none of it.
   */
  static final String OUTSIDE = "outside";

  private final Path data;
  private final Access access;

  /**
   * @param access to what lies outside of the project
   * @param data where the links of {@link Entry.Kind#DATA_FILE} and {@link Entry.Kind#DATA_FOLDER}
   *     lead
   */
  Snapshots(Path data, Access access) {
    this.data = data;
    this.access = access;
  }

  /**
   * Copies {@code entries} of {@code project} into {@code source}, which does not exist yet; files
   * become readable and unwritable for all and keep their modification time.
   *
   * @param looked when the entries were read
   */
  Manifest copy(List<Entry> entries, Path project, Path source, Instant looked) throws IOException {
    Files.createDirectories(source);
    Trees.setMode(source, "rwxr-xr-x");
    Path real = project.toRealPath();
    List<Entry> copied = new ArrayList<>();
    Map<String, String> hashes = new HashMap<>();
    for (Entry entry : entries) {
      Path target = source.resolve(entry.path());
      switch (entry.kind()) {
        case FOLDER -> Trees.openFolder(target);
        case LINK -> Files.createSymbolicLink(target, Path.of(entry.target()));
        case DATA_FILE, DATA_FOLDER, LIKELY_FILE, LIKELY_FOLDER -> link(entry, source);
        case FILE -> {
          try {
            hashes.put(entry.path(), file(entry, real, source, target));
          } catch (NoSuchFileException | Elsewhere gone) {
            continue;
          }
        }
      }
      copied.add(entry);
    }
    for (Entry entry : LikelyData.find(source, copied)) {
      link(entry, source);
      copied.add(entry);
    }
    return new Manifest(looked, copied, hashes);
  }

  private void link(Entry entry, Path source) throws IOException {
    Files.createSymbolicLink(source.resolve(entry.path()), data.resolve(entry.path()));
  }

  /** Copies a snapshot that did not change for a release that differs in its variables only. */
  static void again(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a)
              throws IOException {
            Path target = to.resolve(from.relativize(folder).toString());
            Files.createDirectory(target);
            Trees.setMode(target, "rwxr-xr-x");
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            Path target = to.resolve(from.relativize(file).toString());
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** What leads somewhere else now than it did when it was looked at is as good as gone. */
  private static final class Elsewhere extends IOException {}

  private String file(Entry entry, Path project, Path source, Path target) throws IOException {
    Path from = project.resolve(entry.path()).toRealPath();
    boolean inside = entry.target().isEmpty();
    if (inside != from.startsWith(project) || !inside && !access.reaches(from)) {
      throw new Elsewhere();
    }
    if (inside) {
      return content(entry, from, target);
    }
    Path folder = Trees.openFolder(source.resolveSibling(OUTSIDE));
    Path to = folder.resolve(new Digest().add(entry.path()).hex() + "-" + target.getFileName());
    String hash = content(entry, from, to);
    Files.createSymbolicLink(target, Trees.parent(target).relativize(to));
    return hash;
  }

  private static String content(Entry entry, Path from, Path to) throws IOException {
    MessageDigest sha = Digest.sha256();
    try (InputStream in =
            new DigestInputStream(Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS), sha);
        OutputStream out = Files.newOutputStream(to)) {
      in.transferTo(out);
    }
    FileTime modified = FileTime.from(entry.stat().modified(), TimeUnit.NANOSECONDS);
    Files.setLastModifiedTime(to, modified);
    Trees.setMode(to, entry.executable() ? "r-xr-xr-x" : "r--r--r--");
    return HexFormat.of().formatHex(sha.digest());
  }
}
