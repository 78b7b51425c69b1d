package dev.undercloud.runtime.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Our own Python helpers, standard library only, from the jar onto the disk. Any thread. */
public final class PythonFiles {
  /** The WSGI server for apps that bring none. */
  public static final String WSGI = "undercloud_wsgi.py";

  private static final String FOLDER = "/undercloud/python/";
  private static final String[] NAMES = {WSGI};

  private PythonFiles() {}

  /**
   * Writes the helpers to {@code <stateHome>/python/<hash of their content>/}, which it returns; at
   * once where they are there. A newer Undercloud has another hash: replicas that run on keep
   * theirs.
   */
  public static Path extract(Path stateHome) {
    try {
      Map<String, byte[]> files = new TreeMap<>();
      Digest digest = new Digest();
      for (String name : NAMES) {
        try (InputStream in = PythonFiles.class.getResourceAsStream(FOLDER + name)) {
          if (in == null) {
            throw new IllegalStateException("the jar lacks " + FOLDER + name);
          }
          files.put(name, in.readAllBytes());
          digest.add(name).add(HexFormat.of().formatHex(files.get(name)));
        }
      }
      Path folder = stateHome.resolve("python").resolve(digest.hex().substring(0, 12));
      write(folder, files);
      return folder;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void write(Path folder, Map<String, byte[]> files) throws IOException {
    Trees.openFolder(Trees.parent(folder));
    Trees.openFolder(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = folder.resolve(file.getKey());
      if (!Files.exists(target)) {
        Path half = Files.createTempFile(folder, file.getKey(), ".tmp");
        Files.write(half, file.getValue());
        Trees.setMode(half, "r--r--r--");
        Trees.replace(half, target);
      }
    }
  }
}
