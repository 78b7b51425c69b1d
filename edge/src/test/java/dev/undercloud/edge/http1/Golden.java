package dev.undercloud.edge.http1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file of cases: what goes in, what must come out. */
record Golden(String name, byte[] in, List<String> expected) {
  static List<Golden> read(String resource) {
    List<Golden> cases = new ArrayList<>();
    String name = "";
    StringBuilder in = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (String line : WireText.lines(resource)) {
      if (line.startsWith("# ")) {
        name = line.substring(2);
      } else if (line.startsWith(">")) {
        in.append(line, Math.min(2, line.length()), line.length()).append("\\r\\n");
      } else if (!line.isBlank()) {
        expected.add(line);
      } else if (!in.isEmpty()) {
        cases.add(new Golden(name, WireText.bytes(in.toString()), List.copyOf(expected)));
        in.setLength(0);
        expected.clear();
      }
    }
    if (!in.isEmpty()) {
      cases.add(new Golden(name, WireText.bytes(in.toString()), List.copyOf(expected)));
    }
    return cases;
  }

  /** What came out, in the form of the file. */
  static List<String> form(byte[] out, String found) {
    List<String> lines = new ArrayList<>();
    String text = new String(out, StandardCharsets.ISO_8859_1);
    for (String line : text.substring(0, text.length() - 2).split("\r\n", -1)) {
      String shown = WireText.show(line.getBytes(StandardCharsets.ISO_8859_1));
      lines.add("<" + (shown.isEmpty() ? "" : " " + shown));
    }
    lines.add("= " + found);
    return lines;
  }

  /** Whether to write the files anew instead of comparing. */
  static boolean writes() {
    return Boolean.getBoolean("golden.write");
  }

  /** Puts what came out behind what went in. */
  static void write(String resource, List<List<String>> outputs) {
    List<String> lines = new ArrayList<>();
    int next = 0;
    boolean in = false;
    for (String line : WireText.lines(resource)) {
      if (in && !line.startsWith(">")) {
        lines.addAll(outputs.get(next++));
        in = false;
      }
      in |= line.startsWith(">");
      if (!line.startsWith("<") && !line.startsWith("=")) {
        lines.add(line);
      }
    }
    if (in) {
      lines.addAll(outputs.get(next));
    }
    try {
      Files.write(Path.of("src/test/resources/http1", resource), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
