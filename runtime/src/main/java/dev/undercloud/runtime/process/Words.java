package dev.undercloud.runtime.process;

import dev.undercloud.core.model.Command;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the environment into a command's words: {@code $NAME}, <code>${NAME}</code> and <code>
 * ${NAME:-default}</code>. One pass, no shell; a value is never looked into again, and a name
 * nobody set stays as it is written, so that the program can complain about it.
 */
final class Words {
  private static final Pattern NAME =
      Pattern.compile(
          "\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\})");

  private Words() {}

  /** The words to execute; those of a shell command are the shell's business. */
  static List<String> of(Command command, Map<String, String> environment) {
    return command.shell()
        ? command.words()
        : command.words().stream().map(word -> replace(word, environment)).toList();
  }

  static String replace(String word, Map<String, String> environment) {
    return NAME.matcher(word)
        .replaceAll(match -> Matcher.quoteReplacement(value(match, environment)));
  }

  private static String value(MatchResult match, Map<String, String> environment) {
    String name = match.group(1) == null ? match.group(2) : match.group(1);
    String value = environment.get(name);
    String otherwise = match.group(3);
    if (otherwise != null && (value == null || value.isEmpty())) {
      return otherwise;
    }
    return value == null ? match.group() : value;
  }
}
