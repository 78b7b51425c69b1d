package dev.undercloud.core.model;

import java.time.Duration;

/** Checks that compact constructors share. */
final class Require {
  private Require() {}

  static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be longer than nothing: " + value);
    }
  }

  static void between(String what, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s: %s".formatted(what, least, most, value));
    }
  }
}
