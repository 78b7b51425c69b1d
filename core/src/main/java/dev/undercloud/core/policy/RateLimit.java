package dev.undercloud.core.policy;

import dev.undercloud.core.unit.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * At most so many requests in a time, counted by GCRA.
 *
 * @param count requests in a {@code period}
 * @param burst that may come at once
 * @param header where {@code by} is HEADER, whose value tells clients apart; lower case
 */
public record RateLimit(int count, Duration period, int burst, By by, Optional<String> header) {
  /** What is counted together. */
  public enum By {
    /** A client's IPv4 address or IPv6 /64. */
    ADDRESS,
    HEADER,
    /** All requests of the route. */
    ROUTE
  }

  public RateLimit {
    if (count < 1 || burst < 1 || period.isNegative() || period.isZero()) {
      throw new IllegalArgumentException("a rate limit allows at least one request in a time");
    }
    if ((by == By.HEADER) != header.isPresent()) {
      throw new IllegalArgumentException("a limit by header names the header");
    }
  }

  /** As people write it: {@code 100/min by address}, with {@code burst} where it is another. */
  public String text() {
    String what =
        by == By.HEADER ? "header " + header.orElse("") : by.name().toLowerCase(Locale.ROOT);
    return count + "/" + unit() + " by " + what + (burst == count ? "" : " burst " + burst);
  }

  private String unit() {
    String time = Durations.format(period);
    return switch (time) {
      case "1s" -> "s";
      case "1m" -> "min";
      case "1h" -> "h";
      case "1d" -> "day";
      default -> time;
    };
  }
}
