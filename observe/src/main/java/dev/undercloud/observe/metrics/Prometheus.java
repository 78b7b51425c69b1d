package dev.undercloud.observe.metrics;

import java.util.Locale;

/**
 * Writes the Prometheus text format 0.0.4. Each family is begun once, then its samples follow;
 * names are ours and valid, label values may be anything. One thread.
 */
public final class Prometheus {
  /** What HTTP calls it. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder out = new StringBuilder(16 << 10);
  private String family = "";

  /** Begins a family that only grows. The name ends in {@code _total}. */
  public Prometheus counter(String name, String help) {
    return begin(name, "counter", help);
  }

  /** Begins a family that goes up and down. */
  public Prometheus gauge(String name, String help) {
    return begin(name, "gauge", help);
  }

  /** Begins a family of histograms: samples of {@code _bucket}, {@code _sum}, {@code _count}. */
  public Prometheus histogram(String name, String help) {
    return begin(name, "histogram", help);
  }

  private Prometheus begin(String name, String type, String help) {
    family = name;
    String escaped = help.replace("\\", "\\\\").replace("\n", "\\n");
    out.append("# HELP ").append(name).append(' ').append(escaped).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /**
   * A sample of the family begun last.
   *
   * @param labels names and values in turn
   */
  public Prometheus sample(double value, String... labels) {
    return sampleOf("", value, labels);
  }

  /** A sample with something after the family's name: {@code _bucket}. */
  public Prometheus sampleOf(String suffix, double value, String... labels) {
    out.append(family).append(suffix);
    if (labels.length > 0) {
      out.append('{');
      for (int i = 0; i + 1 < labels.length; i += 2) {
        if (i > 0) {
          out.append(',');
        }
        out.append(labels[i]).append("=\"");
        escape(labels[i + 1]);
        out.append('"');
      }
      out.append('}');
    }
    out.append(' ').append(number(value)).append('\n');
    return this;
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '"' -> out.append("\\\"");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
  }

  static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return Double.isNaN(value) ? "NaN" : Double.toString(value).toLowerCase(Locale.ROOT);
  }

  /** Everything so far. */
  public String text() {
    return out.toString();
  }
}
