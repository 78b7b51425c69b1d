package dev.undercloud.runtime.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What of a project does not become part of a release: what no running app needs, and what its
 * {@code .undercloudignore} names. That file is read as git reads a {@code .gitignore} at the top
 * of a project: {@code #} comments, {@code !} takes back, a leading or inner slash binds to the
 * top, a trailing slash means folders only, {@code *}, {@code ?}, {@code [a-z]} and {@code **}; the
 * last rule that matches decides, and nothing below an ignored folder can be taken back. {@code
 * .gitignore} itself is not read: people keep built assets and local settings out of git that the
 * app cannot run without. Immutable.
 */
final class IgnoreRules {
  static final String FILE = ".undercloudignore";

  private static final List<String> ALWAYS =
      List.of(
          ".git",
          ".hg",
          ".svn",
          "node_modules/",
          "__pycache__/",
          "*.pyc",
          "*.pyo",
          ".mypy_cache/",
          ".pytest_cache/",
          ".ruff_cache/",
          ".tox/",
          ".nox/",
          ".idea/",
          ".vscode/",
          ".DS_Store");

  private record Rule(Pattern pattern, boolean takesBack, boolean foldersOnly) {}

  private final List<Rule> rules = new ArrayList<>();

  IgnoreRules(List<String> lines) {
    ALWAYS.forEach(this::add);
    lines.forEach(this::add);
  }

  static IgnoreRules of(Path project) throws IOException {
    Path file = project.resolve(FILE);
    return new IgnoreRules(
        Files.isRegularFile(file) ? Text.read(file).lines().toList() : List.of());
  }

  /** Whether {@code path}, relative with slashes, is left out; its folders are asked for before. */
  boolean ignores(String path, boolean folder) {
    for (int i = rules.size() - 1; i >= 0; i--) {
      Rule rule = rules.get(i);
      if ((folder || !rule.foldersOnly) && rule.pattern.matcher(path).matches()) {
        return !rule.takesBack;
      }
    }
    return false;
  }

  private void add(String line) {
    String text = line.replaceFirst("(?<!\\\\)\\s+$", "");
    if (text.isEmpty() || text.startsWith("#")) {
      return;
    }
    boolean takesBack = text.startsWith("!");
    text = takesBack || text.startsWith("\\#") || text.startsWith("\\!") ? text.substring(1) : text;
    boolean foldersOnly = text.endsWith("/");
    text = foldersOnly ? text.substring(0, text.length() - 1) : text;
    boolean bound = text.contains("/");
    text = text.startsWith("/") ? text.substring(1) : text;
    if (!text.isEmpty()) {
      String regex = (bound ? "" : "(?:.*/)?") + regex(text);
      rules.add(new Rule(Pattern.compile(regex, Pattern.DOTALL), takesBack, foldersOnly));
    }
  }

  private static String regex(String glob) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (glob.startsWith("**/", i)) {
        out.append("(?:.*/)?");
        i += 2;
      } else if (glob.startsWith("**", i)) {
        out.append(".*");
        i++;
      } else if (c == '*') {
        out.append("[^/]*");
      } else if (c == '?') {
        out.append("[^/]");
      } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
        int end = glob.indexOf(']', i + 2);
        String set =
            glob.substring(i + 1, end)
                .replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("&", "\\&");
        out.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
        i = end;
      } else if (c == '\\' && i + 1 < glob.length()) {
        out.append(Pattern.quote(String.valueOf(glob.charAt(++i))));
      } else {
        out.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return out.toString();
  }
}
