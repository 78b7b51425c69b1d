package dev.undercloud.edge.file;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;

/** Dates in HTTP fields (RFC 9110, 5.6.7). Any thread. */
final class HttpDate {
  /** What {@link #parse} says of what is no date. */
  static final long NONE = Long.MIN_VALUE;

  /** Of {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  static final int BYTES = 29;

  private static final int LONGEST = 40;

  /** HTTP is younger than 1970: two digits mean the hundred years from there. */
  private static final int CENTURY_BEGINS = 1970;

  private static final DateTimeFormatter FIXED =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  /** The two old forms: RFC 850, whose year has two digits, and that of asctime. */
  private static final List<DateTimeFormatter> ALL =
      List.of(
          FIXED,
          new DateTimeFormatterBuilder()
              .appendText(ChronoField.DAY_OF_WEEK, TextStyle.FULL)
              .appendPattern(", dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, CENTURY_BEGINS)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.ENGLISH),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH));

  private HttpDate() {}

  /** {@code epochSeconds} as IMF-fixdate, {@value #BYTES} bytes. */
  static byte[] format(long epochSeconds) {
    return FIXED
        .format(LocalDateTime.ofEpochSecond(epochSeconds, 0, ZoneOffset.UTC))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Seconds since 1970, or {@link #NONE}. */
  static long parse(byte[] in, int from, int to) {
    if (to - from > LONGEST || to - from < 24) {
      return NONE;
    }
    String text = new String(in, from, to - from, StandardCharsets.US_ASCII);
    for (DateTimeFormatter form : ALL) {
      try {
        return LocalDateTime.parse(text, form).toEpochSecond(ZoneOffset.UTC);
      } catch (DateTimeException other) {
        // Perhaps one of the next.
      }
    }
    return NONE;
  }
}
