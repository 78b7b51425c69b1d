package dev.undercloud.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A command without what stands around its program: {@code uv run} and its like are dropped, for
 * the environment is there already; {@code ddtrace-run} and its like are kept in front.
 *
 * @param prefix words to be kept in front
 * @param core the program and its arguments, with a plain name where it lay in a virtual
 *     environment of the user's
 */
record Unwrapped(Map<String, String> environment, List<String> prefix, List<String> core) {
  private static final Set<String> RUNNERS = Set.of("poetry", "pipenv", "pdm", "rye", "hatch");
  private static final Set<String> UV_VALUED =
      Set.of(
          "--with",
          "--extra",
          "--group",
          "--only-group",
          "--no-group",
          "-p",
          "--python",
          "--project",
          "--directory",
          "--env-file",
          "--package",
          "--with-requirements",
          "--with-editable",
          "--index-url",
          "--index",
          "--default-index",
          "--no-extra");
  private static final Set<String> KEPT =
      Set.of("ddtrace-run", "opentelemetry-instrument", "dumb-init", "tini", "sentry-run");
  private static final Pattern IN_ENVIRONMENT =
      Pattern.compile("(?:\\./)?(?:\\.?v?env|\\.venv[^/]*|venv[^/]*)/bin/([^/]+)");

  static Unwrapped of(CommandLine.Parsed parsed) {
    Map<String, String> environment = new LinkedHashMap<>(parsed.environment());
    List<String> prefix = new ArrayList<>();
    List<String> core = new ArrayList<>(parsed.words());
    boolean more = true;
    while (more && core.size() > 1) {
      more = step(environment, prefix, core);
    }
    var inside = IN_ENVIRONMENT.matcher(core.getFirst());
    if (inside.matches()) {
      core.set(0, inside.group(1));
    }
    return new Unwrapped(environment, List.copyOf(prefix), List.copyOf(core));
  }

  /** Takes one wrapper away; false where none is left. */
  private static boolean step(
      Map<String, String> environment, List<String> prefix, List<String> core) {
    String first = core.getFirst();
    String second = core.get(1);
    if (first.equals("exec")) {
      core.removeFirst();
      return true;
    }
    if (first.equals("env") && second.matches("[A-Za-z_]\\w*=[^$]*")) {
      environment.put(
          second.substring(0, second.indexOf('=')), second.substring(second.indexOf('=') + 1));
      core.remove(1);
      if (core.size() > 1 && !core.get(1).matches("[A-Za-z_]\\w*=.*")) {
        core.removeFirst();
      }
      return true;
    }
    if (RUNNERS.contains(first) && second.equals("run") && core.size() > 2) {
      core.subList(0, 2).clear();
      return true;
    }
    if (first.equals("uv") && second.equals("run") && core.size() > 2) {
      return uv(core);
    }
    if (KEPT.contains(first) || (first.equals("newrelic-admin") && second.equals("run-program"))) {
      return keep(prefix, core);
    }
    return false;
  }

  private static boolean uv(List<String> core) {
    List<String> rest = new ArrayList<>(core.subList(2, core.size()));
    while (rest.size() > 1 && rest.getFirst().startsWith("-")) {
      String option = rest.getFirst();
      if (option.equals("-m") || option.equals("--module")) {
        rest.set(0, "-m");
        rest.addFirst("python");
        break;
      }
      rest.removeFirst();
      if (UV_VALUED.contains(option) && rest.size() > 1) {
        rest.removeFirst();
      }
      if (option.equals("--")) {
        break;
      }
    }
    if (rest.getFirst().endsWith(".py")) {
      rest.addFirst("python");
    }
    core.clear();
    core.addAll(rest);
    return true;
  }

  private static boolean keep(List<String> prefix, List<String> core) {
    do {
      prefix.add(core.removeFirst());
    } while (core.size() > 1
        && (core.getFirst().startsWith("-") || core.getFirst().equals("run-program")));
    return true;
  }
}
