package dev.undercloud.runtime.build;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes small real wheels, for installs that need no package index. */
final class Wheels {
  private Wheels() {}

  /** A wheel with one module, named like the package, that says its version. */
  static Path pure(Path folder, String name, String version, String... requires)
      throws IOException {
    StringBuilder metadata =
        new StringBuilder("Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
    for (String other : requires) {
      metadata.append("Requires-Dist: ").append(other).append('\n');
    }
    String info = name + "-" + version + ".dist-info/";
    Map<String, String> files = new TreeMap<>();
    files.put(
        name + ".py",
        "version = \"" + version + "\"\n\n\ndef main():\n    print(\"" + name + " \" + version)\n");
    files.put(info + "METADATA", metadata.toString());
    files.put(
        info + "WHEEL",
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
    files.put(info + "entry_points.txt", "[console_scripts]\n" + name + " = " + name + ":main\n");
    StringBuilder record = new StringBuilder();
    files.keySet().forEach(file -> record.append(file).append(",,\n"));
    files.put(info + "RECORD", record + info + "RECORD,,\n");
    Path wheel =
        Files.createDirectories(folder).resolve(name + "-" + version + "-py3-none-any.whl");
    try (OutputStream out = Files.newOutputStream(wheel);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return wheel;
  }
}
