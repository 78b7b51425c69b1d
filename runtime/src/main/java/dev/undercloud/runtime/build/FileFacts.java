package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What the file system says of one name, read at once. */
record FileFacts(boolean link, boolean folder, boolean file, boolean executable, Entry.Stat stat) {
  private static final String ATTRIBUTES =
      "unix:size,lastModifiedTime,ctime,ino,mode,isSymbolicLink,isDirectory,isRegularFile";
  private static final int ANYBODY_EXECUTES = 0111;

  static FileFacts of(Path path, LinkOption... options) throws IOException {
    Map<String, Object> all = Files.readAttributes(path, ATTRIBUTES, options);
    Entry.Stat stat =
        new Entry.Stat(
            (Long) get(all, "size"),
            ((FileTime) get(all, "lastModifiedTime")).to(TimeUnit.NANOSECONDS),
            ((FileTime) get(all, "ctime")).to(TimeUnit.NANOSECONDS),
            ((Number) get(all, "ino")).longValue());
    return new FileFacts(
        (Boolean) get(all, "isSymbolicLink"),
        (Boolean) get(all, "isDirectory"),
        (Boolean) get(all, "isRegularFile"),
        ((Integer) get(all, "mode") & ANYBODY_EXECUTES) != 0,
        stat);
  }

  private static Object get(Map<String, Object> all, String name) {
    return Objects.requireNonNull(all.get(name), name);
  }
}
