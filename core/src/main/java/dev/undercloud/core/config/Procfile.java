package dev.undercloud.core.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a Procfile: {@code name: command} a line, {@code #} for comments. */
final class Procfile {
  static final String FILE = "Procfile";
  private static final Pattern ENTRY = Pattern.compile("\\s*([A-Za-z0-9_-]+)\\s*:(.*)");

  private Procfile() {}

  /** Commands by process name, in the file's order; names in lower case with dashes. */
  static Map<String, Sourced<String>> parse(String text, Errors errors) {
    Map<String, Sourced<String>> found = new LinkedHashMap<>();
    String[] lines = text.split("\\R", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        entry(line, i + 1, found, errors);
      }
    }
    return found;
  }

  private static void entry(
      String line, int number, Map<String, Sourced<String>> found, Errors errors) {
    Matcher entry = ENTRY.matcher(line);
    if (!entry.matches()) {
      errors.add(
          FILE, number, "", "not \"name: command\"; write for example  web: gunicorn app:app");
      return;
    }
    String name = entry.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
    String command = entry.group(2).strip();
    if (!Schema.PROCESS_NAME.matcher(name).matches()) {
      errors.add(FILE, number, name, "not " + Schema.PROCESS_WORDS);
    } else if (Schema.RESERVED.contains(name)) {
      errors.add(FILE, number, name, "a process cannot be called " + name);
    } else if (command.isEmpty()) {
      errors.add(FILE, number, name, "no command after the colon");
    } else if (found.containsKey(name)) {
      errors.add(FILE, number, name, "named twice, first in line " + found.get(name).line());
    } else {
      found.put(name, new Sourced<>(command, FILE, number, "Procfile names it"));
    }
  }
}
