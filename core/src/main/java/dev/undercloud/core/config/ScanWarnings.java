package dev.undercloud.core.config;

import java.util.List;

/** What the reading of Python sources could not do. */
final class ScanWarnings {
  /** More would hide the rest of the screen. */
  private static final int MOST_TROUBLES = 5;

  private ScanWarnings() {}

  static void add(PythonScan scan, PythonVersion wanted, List<String> warnings) {
    if (scan.unavailable() != null) {
      warnings.add(
          "the Python sources were not read: %s; install Python 3.8 or later for detection"
              .formatted(scan.unavailable()));
    }
    scan.troubles().stream()
        .limit(MOST_TROUBLES)
        .forEach(trouble ->
            warnings.add(
                "%s cannot be read by Python %s: %s; it was left out of detection"
                    .formatted(trouble.place(), scan.python(), trouble.reason())));
    if (scan.truncated() != null && scan.best().isEmpty()) {
      warnings.add(
          "the project is large: %s; a Procfile makes detection unnecessary"
              .formatted(scan.truncated()));
    }
    Sourced<String> range = wanted.range();
    if (range != null && scan.python() != null && wanted.tooOld(scan.python())) {
      warnings.add(
          "%s asks for Python %s, and python3 here is %s; install uv or a newer Python"
              .formatted(range.place(), range.value(), scan.python()));
    }
  }
}
