package dev.undercloud.core.unit;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of bytes, as people write it: {@code 512MB} is 512 * 10^6, {@code 512MiB} 512 * 2^20.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,3}))?\\s*([kmgt]i?)?b?", Pattern.CASE_INSENSITIVE);

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative: " + bytes);
    }
  }

  public static ByteSize ofMiB(long mebibytes) {
    return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
  }

  /** Reads {@code 64KiB}, {@code 1.5GB}, {@code 100}. */
  public static ByteSize parse(String text) {
    Matcher m = FORM.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a size; write a number and a unit, like \"512MB\" or \"1GiB\"");
    }
    String unit = m.group(3) == null ? "" : m.group(3).toLowerCase(Locale.ROOT);
    long base = unit.endsWith("i") ? 1024 : 1000;
    long factor = 1;
    for (int i = unit.isEmpty() ? -1 : "kmgt".indexOf(unit.charAt(0)); i >= 0; i--) {
      factor *= base;
    }
    double fraction = m.group(2) == null ? 0 : Double.parseDouble("0." + m.group(2));
    try {
      long whole = Math.multiplyExact(Long.parseLong(m.group(1)), factor);
      return new ByteSize(Math.addExact(whole, Math.round(fraction * factor)));
    } catch (ArithmeticException tooLarge) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is beyond 8 EiB; write a smaller size", tooLarge);
    }
  }

  /** For people, in binary units: {@code 1.5 GiB}. */
  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return value == Math.rint(value)
        ? "%d %s".formatted((long) value, units[unit])
        : "%.1f %s".formatted(value, units[unit]);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }
}
