package dev.undercloud.runtime.build;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A Python interpreter that was run once and answered.
 *
 * @param path the real file, not a shim, a link or a virtual environment's copy
 * @param version {@code 3.12.4}
 * @param platform operating system, processor and C library, as they decide which wheels fit
 * @param library the folder of its standard library
 * @param pip version of the pip it brings; null where it has none
 * @param venv whether it can make virtual environments
 * @param ensurepip whether it can put a pip into them; Debian leaves this to python3-venv
 */
public record Interpreter(
    Path path,
    String version,
    String platform,
    Path library,
    @Nullable String pip,
    boolean venv,
    boolean ensurepip) {

  /** The oldest Python that our own helpers run on, asked for where the project names none. */
  public static final int OLDEST_MINOR = 8;

  /** The first pip that installs into an environment other than its own. */
  private static final int[] PIP_FOR_OTHERS = {22, 3};

  /** Whether {@code wanted}, like {@code 3.12} or {@code 3.12.4}, names this version. */
  boolean is(String wanted) {
    return version.equals(wanted) || version.startsWith(wanted + ".");
  }

  /** {@code 3.12} of {@code 3.12.4}. */
  static String minor(String version) {
    String[] parts = version.split("\\.", 3);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }

  boolean recent() {
    String[] parts = version.split("\\.");
    return parts[0].equals("3") && parts.length > 1 && number(parts[1]) >= OLDEST_MINOR;
  }

  /** Whether its pip can install into another environment ({@code pip --python}). */
  boolean installsForOthers() {
    if (pip == null) {
      return false;
    }
    String[] parts = pip.split("\\.");
    int major = number(parts[0]);
    int minor = parts.length > 1 ? number(parts[1]) : 0;
    return major > PIP_FOR_OTHERS[0] || (major == PIP_FOR_OTHERS[0] && minor >= PIP_FOR_OTHERS[1]);
  }

  private static int number(String digits) {
    return digits.matches("\\d{1,6}") ? Integer.parseInt(digits) : 0;
  }
}
