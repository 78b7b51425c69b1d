package dev.undercloud.control;

import java.util.ArrayDeque;
import java.util.List;

/** The last lines a replica said, for the error that follows them. Safe for any thread. */
final class Tail {
  /** As many as one reads in an error message. */
  static final int MOST = 20;

  /** Of each line: a stack frame fits, a page of JSON does not. */
  private static final int LONGEST = 500;

  private final ArrayDeque<String> lines = new ArrayDeque<>();

  synchronized void add(String line) {
    if (lines.size() == MOST) {
      lines.removeFirst();
    }
    lines.addLast(line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line);
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** For the end of a sentence: its last lines, indented, or that there were none. */
  String words() {
    List<String> said = lines();
    return said.isEmpty()
        ? "it printed nothing"
        : "its last lines:\n    " + String.join("\n    ", said);
  }
}
