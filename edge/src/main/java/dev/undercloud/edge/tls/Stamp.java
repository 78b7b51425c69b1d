package dev.undercloud.edge.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * What tells that a file has changed: a new one, another time, another size.
 *
 * @param key device and inode; empty where there is no file
 */
record Stamp(String key, FileTime modified, long size) {
  static Stamp of(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(
          String.valueOf(attributes.fileKey()), attributes.lastModifiedTime(), attributes.size());
    } catch (IOException gone) {
      return new Stamp("", FileTime.fromMillis(0), 0);
    }
  }
}
