package dev.undercloud.runtime.build;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The Python that a project asks for.
 *
 * @param version like {@code 3.12} or {@code 3.12.4}; null for any
 * @param range like {@code >=3.10,<4} (PEP 440) or Poetry's {@code ^3.10}; empty for any; counts
 *     only where no version is named
 */
record Wanted(@Nullable String version, String range) {
  static final Wanted ANY = new Wanted(null, "");

  private static final Pattern PART =
      Pattern.compile("(>=|<=|==|!=|~=|>|<|\\^|~)?\\s*(\\d+(?:\\.\\d+)*)(\\.\\*)?");

  /** Whether {@code python} is just what was asked for. */
  boolean fits(Interpreter python) {
    return version == null ? python.recent() && allows(python.version()) : python.is(version);
  }

  /** Whether it will do: a project that asks for 3.12.4 runs on 3.12.1. */
  boolean near(Interpreter python) {
    return version == null ? fits(python) : python.is(Interpreter.minor(version));
  }

  /** For people: {@code 3.12}, {@code >=3.10}, {@code 3}. */
  String words() {
    return version != null ? version : range.isEmpty() ? "3" : range;
  }

  /** The minor version to install so that it fits; as good a guess as the range allows. */
  String example() {
    Matcher part = PART.matcher(words());
    return part.find() && part.group(2).contains(".") ? Interpreter.minor(part.group(2)) : "3";
  }

  private boolean allows(String actual) {
    for (String alternative : range.split("\\|\\|?", -1)) {
      boolean all = true;
      for (String part : alternative.split(",")) {
        all &= part.isBlank() || holds(part.strip(), actual);
      }
      if (all) {
        return true;
      }
    }
    return false;
  }

  /** One comparison; what we cannot read does not exclude anything. */
  private static boolean holds(String part, String actual) {
    Matcher m = PART.matcher(part);
    if (!m.matches()) {
      return true;
    }
    List<Integer> bound = numbers(m.group(2));
    List<Integer> value = numbers(actual);
    String operator = m.group(1) == null ? "==" : m.group(1);
    boolean prefix = value.subList(0, Math.min(bound.size(), value.size())).equals(bound);
    int order = compare(value, bound);
    return switch (operator) {
      case ">=" -> order >= 0;
      case "<=" -> order <= 0 || (prefix && bound.size() < value.size() && m.group(3) != null);
      case ">" -> order > 0;
      case "<" -> order < 0;
      case "!=" -> m.group(3) == null ? order != 0 : !prefix;
      case "^" -> order >= 0 && value.getFirst().equals(bound.getFirst());
      case "~=", "~" ->
          order >= 0
              && same(value, bound, Math.max(1, operator.equals("~") ? 2 : bound.size() - 1));
      default -> prefix;
    };
  }

  private static boolean same(List<Integer> a, List<Integer> b, int places) {
    int n = Math.min(places, Math.min(a.size(), b.size()));
    return a.subList(0, n).equals(b.subList(0, n));
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      int order = Integer.compare(i < a.size() ? a.get(i) : 0, i < b.size() ? b.get(i) : 0);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static List<Integer> numbers(String version) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : version.split("\\.")) {
      numbers.add(part.matches("\\d{1,6}") ? Integer.parseInt(part) : 0);
    }
    return numbers;
  }
}
