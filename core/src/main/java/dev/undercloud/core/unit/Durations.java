package dev.undercloud.core.unit;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h30m}, {@code 7d}.
 */
public final class Durations {
  private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)\\s*(ms|s|m|h|d)");

  private Durations() {}

  /**
   * Reads one or more parts with a unit each; a bare number is refused, its unit would be a guess.
   */
  public static Duration parse(String text) {
    String rest = text.strip().toLowerCase(Locale.ROOT);
    Duration sum = Duration.ZERO;
    boolean any = false;
    while (!rest.isEmpty()) {
      Matcher m = PART.matcher(rest);
      if (!m.lookingAt()) {
        any = false;
        break;
      }
      any = true;
      double nanos = Double.parseDouble(m.group(1)) * nanosOf(m.group(2));
      sum = sum.plusNanos(Math.round(nanos));
      rest = rest.substring(m.end()).strip();
    }
    if (!any) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not a duration; write a number and a unit, like \"500ms\", \"5s\" or \"2m\"");
    }
    return sum;
  }

  /**
   * For people and for config files: the largest unit that loses nothing, {@code 1500ms}, {@code
   * 5s}.
   */
  public static String format(Duration duration) {
    long ms = duration.toMillis();
    if (ms == 0 && !duration.isZero()) {
      return String.format(Locale.ROOT, "%.3fms", duration.toNanos() / 1e6);
    }
    long[] sizes = {86_400_000, 3_600_000, 60_000, 1000};
    String[] units = {"d", "h", "m", "s"};
    for (int i = 0; i < sizes.length; i++) {
      if (ms != 0 && ms % sizes[i] == 0) {
        return ms / sizes[i] + units[i];
      }
    }
    return ms == 0 ? "0s" : ms + "ms";
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      case "h" -> 3600e9;
      default -> 86_400e9;
    };
  }
}
