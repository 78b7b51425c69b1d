package dev.undercloud.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Splits a command into words as a POSIX shell would, and finds out whether it needs a shell at
 * all. {@code $NAME} stays in the words: it is replaced when the process starts.
 */
final class CommandLine {
  /**
   * @param environment {@code NAME=value} before the program
   * @param words program and arguments; meaningless where a shell is needed
   * @param shell why a shell is needed, as {@code it has a pipe}; null where none is
   */
  record Parsed(Map<String, String> environment, List<String> words, @Nullable String shell) {}

  private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z_]\\w*)=(.*)", Pattern.DOTALL);
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:([A-Za-z_]\\w*)|\\{([A-Za-z_]\\w*)})");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./${}-]+");
  private static final Set<String> BUILTINS =
      Set.of(
          "if", "for", "while", "until", "case", "cd", "export", "source", ".", "set", "eval", "[",
          "test", "trap", "ulimit", "umask", "unset", "read", "wait", "!", "{", "command");

  private final String text;
  private final Predicate<String> single;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private @Nullable String shell;
  private int at;

  private CommandLine(String text, Predicate<String> single) {
    this.text = text;
    this.single = single;
  }

  /**
   * @param single whether the variable of that name is known to be exactly one word; a shell would
   *     split or drop any other that stands unquoted
   * @throws IllegalArgumentException when a quote is not closed or nothing is there
   */
  static Parsed parse(String text, Predicate<String> single) {
    return new CommandLine(text, single).parse();
  }

  private Parsed parse() {
    while (at < text.length() && next()) {
      at++;
    }
    end();
    Map<String, String> environment = new LinkedHashMap<>();
    int first = 0;
    for (; first < words.size(); first++) {
      Matcher assignment = ASSIGNMENT.matcher(words.get(first));
      if (!assignment.matches()) {
        break;
      }
      environment.put(assignment.group(1), assignment.group(2));
      if (assignment.group(2).contains("$")) {
        needs("it sets a variable from another");
      }
    }
    List<String> rest = new ArrayList<>(words.subList(first, words.size()));
    if (rest.size() > 1 && rest.getFirst().equals("exec")) {
      rest.removeFirst();
    }
    if (rest.isEmpty() && shell == null) {
      throw new IllegalArgumentException("no command in \"" + text + "\"");
    }
    if (!rest.isEmpty() && BUILTINS.contains(rest.getFirst())) {
      needs(rest.getFirst() + " is a word of the shell");
    }
    return new Parsed(environment, rest, shell);
  }

  /** Takes the character at {@link #at}; false at a comment. */
  private boolean next() {
    char c = text.charAt(at);
    switch (c) {
      case ' ', '\t' -> end();
      case '\'' -> singleQuoted();
      case '"' -> doubleQuoted();
      case '\\' -> escaped();
      case '$' -> reference(false);
      case '|' -> needs("it has a pipe");
      case '&' -> needs("it has &");
      case ';', '\n' -> needs("it is several commands");
      case '<', '>' -> needs("it has a redirection");
      case '(', ')', '`' -> needs("it has a subshell");
      case '*', '?', '[' -> {
        if (!harmless()) {
          needs("it has a file pattern");
        }
        append(c);
      }
      case '~' -> {
        if (!inWord) {
          needs("it has a home folder ~");
        }
        append(c);
      }
      case '#' -> {
        if (!inWord) {
          return false;
        }
        append(c);
      }
      default -> append(c);
    }
    return true;
  }

  /** {@code --patterns=*.py} and {@code *:8000}: that these match files is no one's intention. */
  private boolean harmless() {
    return word.isEmpty()
        ? text.startsWith("*:", at)
        : word.charAt(0) == '-' || word.charAt(0) == '*';
  }

  private void singleQuoted() {
    int close = text.indexOf('\'', at + 1);
    if (close < 0) {
      throw unclosed('\'');
    }
    String inside = text.substring(at + 1, close);
    if (inside.contains("$")) {
      needs("it has a $ in single quotes");
    }
    inWord = true;
    word.append(inside);
    at = close;
  }

  private void doubleQuoted() {
    inWord = true;
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        return;
      }
      if (c == '`') {
        needs("it has a subshell");
      } else if (c == '$') {
        reference(true);
      } else if (c == '\\'
          && at + 1 < text.length()
          && "\"\\$`\n".indexOf(text.charAt(at + 1)) >= 0) {
        at++;
        if (text.charAt(at) == '$') {
          needs("it has a $ that is no variable");
        }
        word.append(text.charAt(at));
      } else {
        word.append(c);
      }
    }
    throw unclosed('"');
  }

  private void escaped() {
    at++;
    if (at >= text.length()) {
      append('\\');
      return;
    }
    if (text.charAt(at) == '$') {
      needs("it has a $ that is no variable");
    }
    append(text.charAt(at));
  }

  /** {@code $NAME} and its form in braces are kept; every other use of a dollar is the shell's. */
  private void reference(boolean quoted) {
    Matcher found = REFERENCE.matcher(text).region(at, text.length());
    if (!found.lookingAt()) {
      needs("it has an expansion of the shell");
      append('$');
      return;
    }
    String name = found.group(1) != null ? found.group(1) : found.group(2);
    if (!quoted && !single.test(name)) {
      needs("$" + name + " stands unquoted and may be no or several words");
    }
    inWord = true;
    word.append(found.group());
    at = found.end() - 1;
  }

  private void append(char c) {
    inWord = true;
    word.append(c);
  }

  private void end() {
    if (inWord) {
      words.add(word.toString());
      word.setLength(0);
      inWord = false;
    }
  }

  private void needs(String why) {
    end();
    if (shell == null) {
      shell = why;
    }
  }

  private static IllegalArgumentException unclosed(char quote) {
    return new IllegalArgumentException("a quote " + quote + " is not closed");
  }

  /** Words as one would type them. */
  static String join(List<String> words) {
    return words.stream().map(CommandLine::quote).collect(Collectors.joining(" "));
  }

  /** Words for a shell: each variable stays one word whatever it holds. */
  static String joinForShell(List<String> words) {
    return words.stream()
        .map(word -> word.contains("$") ? doubleQuote(word) : quote(word))
        .collect(Collectors.joining(" "));
  }

  private static String quote(String word) {
    if (PLAIN.matcher(word).matches()) {
      return word;
    }
    return word.contains("$") ? doubleQuote(word) : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String doubleQuote(String word) {
    return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
