package dev.undercloud.core.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code .env} as python-dotenv does: {@code export}, comments, single quotes (literal),
 * double quotes (escapes, several lines), <code>${NAME}</code> of names set above. A {@code
 * $(command)} is text: nothing is ever run.
 */
final class Dotenv {
  private static final Pattern NAME =
      Pattern.compile("[ \\t]*(?:export[ \\t]+)?([^\\s=#'\"]+)[ \\t]*");
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_]\\w*)(?::-([^}]*))?}");

  private final String file;
  private final String text;
  private final Errors errors;
  private final Map<String, Sourced<String>> values = new LinkedHashMap<>();
  private int at;
  private int line = 1;

  private Dotenv(String file, String text, Errors errors) {
    this.file = file;
    this.text = text.replace("\r\n", "\n").replace('\r', '\n');
    this.errors = errors;
  }

  /** Variables in the order of the file; of two with one name the last holds. */
  static Map<String, Sourced<String>> parse(String file, String text, Errors errors) {
    Dotenv reader = new Dotenv(file, text, errors);
    while (reader.at < reader.text.length()) {
      reader.statement();
    }
    return reader.values;
  }

  private void statement() {
    int start = line;
    String rest = restOfLine().strip();
    if (rest.isEmpty() || rest.startsWith("#")) {
      nextLine();
      return;
    }
    Matcher name = NAME.matcher(text).region(at, text.length());
    if (!name.lookingAt() || name.end() >= text.length() || text.charAt(name.end()) != '=') {
      errors.add(file, start, "", "not NAME=value; put a # before a comment");
      nextLine();
      return;
    }
    String key = name.group(1);
    at = name.end() + 1;
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    String value = value(key, start);
    if (!Schema.VARIABLE.matcher(key).matches()) {
      errors.add(file, start, key, "not a variable name: letters, digits and underscores");
    } else if (value.indexOf('\0') >= 0) {
      errors.add(file, start, key, "an environment variable cannot hold NUL");
    } else {
      values.put(key, new Sourced<>(value, file, start, "set there"));
    }
  }

  private String value(String key, int start) {
    char first = at < text.length() ? text.charAt(at) : '\n';
    if (first != '\'' && first != '"') {
      String raw = restOfLine();
      int comment = comment(raw);
      nextLine();
      return expand((comment < 0 ? raw : raw.substring(0, comment)).strip());
    }
    StringBuilder out = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != first; at++) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        escape(first, out);
      } else {
        out.append(c);
      }
    }
    if (at >= text.length()) {
      errors.add(file, start, key, "the quote that begins here is not closed");
      return "";
    }
    at++;
    String after = restOfLine().strip();
    if (!after.isEmpty() && !after.startsWith("#")) {
      errors.add(file, line, key, "text after the closing quote: " + after);
    }
    nextLine();
    return first == '"' ? expand(out.toString()) : out.toString();
  }

  /** The character after a backslash; in single quotes only a quote and a backslash need one. */
  private void escape(char quote, StringBuilder out) {
    char c = text.charAt(at);
    if (c == '\n') {
      line++;
    }
    if (c == quote || c == '\\') {
      out.append(c);
      return;
    }
    int known = quote == '"' ? "nrt".indexOf(c) : -1;
    if (known >= 0) {
      out.append("\n\r\t".charAt(known));
    } else {
      out.append('\\').append(c);
    }
  }

  /** {@code #} begins a comment at the start of a value or after a space. */
  private static int comment(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '#' && (i == 0 || Character.isWhitespace(raw.charAt(i - 1)))) {
        return i;
      }
    }
    return -1;
  }

  /** References to names set above; any other stays as it is written, for it may be a password. */
  private String expand(String value) {
    return REFERENCE
        .matcher(value)
        .replaceAll(found -> {
          Sourced<String> known = values.get(found.group(1));
          String fallback = found.group(2);
          String put = known != null ? known.value() : fallback;
          return Matcher.quoteReplacement(put != null ? put : found.group());
        });
  }

  private String restOfLine() {
    int end = text.indexOf('\n', at);
    return text.substring(Math.min(at, text.length()), end < 0 ? text.length() : end);
  }

  private void nextLine() {
    int end = text.indexOf('\n', at);
    at = end < 0 ? text.length() : end + 1;
    line++;
  }
}
