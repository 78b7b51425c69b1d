package dev.undercloud.edge.cache;

import dev.undercloud.edge.http1.Octets;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * HTTP dates (RFC 9110, 5.6.7) as seconds since 1970. All three forms are read, in any case: what
 * is not one of them is no date. Safe for any thread.
 */
final class Dates {
  /** No date, or one that makes no sense. */
  static final long NONE = Long.MIN_VALUE;

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
  private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
  private static final List<String> LONG_DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
  private static final int FIXED_LENGTH = 29;
  private static final int ASCTIME_LENGTH = 24;

  private Dates() {}

  /** As IMF-fixdate. */
  static String format(long seconds) {
    return FORMAT.format(java.time.Instant.ofEpochSecond(seconds));
  }

  /** The date in {@code in[from, end)}, or {@link #NONE}. */
  static long parse(byte[] in, int from, int end) {
    if (end - from < ASCTIME_LENGTH || end - from > 40) {
      return NONE;
    }
    String text = cased(new String(in, from, end - from, StandardCharsets.ISO_8859_1));
    try {
      int comma = text.indexOf(',');
      if (comma == 3 && text.length() == FIXED_LENGTH) {
        return fixed(text);
      }
      return comma > 3 ? rfc850(text, comma) : asctime(text);
    } catch (DateTimeException impossible) {
      return NONE;
    }
  }

  /** Names in the case of the RFC, whatever theirs: robust as it asks readers to be (5.6.7). */
  private static String cased(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean first = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      out.append(!letter ? c : (char) (first ? c & ~0x20 : c | 0x20));
      first = !letter;
    }
    String cased = out.toString();
    return cased.endsWith(" Gmt") ? cased.substring(0, cased.length() - 3) + "GMT" : cased;
  }

  /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  private static long fixed(String t) {
    boolean shaped =
        DAYS.contains(t.substring(0, 3))
            && t.startsWith(", ", 3)
            && t.charAt(7) == ' '
            && t.charAt(11) == ' '
            && t.charAt(16) == ' '
            && t.endsWith(" GMT");
    return shaped
        ? at(number(t, 12, 16), t.substring(8, 11), number(t, 5, 7), t.substring(17, 25))
        : NONE;
  }

  /** {@code Sunday, 06-Nov-94 08:49:37 GMT}; two digits mean at most fifty years from now. */
  private static long rfc850(String t, int comma) {
    int i = comma + 2;
    boolean shaped =
        LONG_DAYS.contains(t.substring(0, comma))
            && t.length() == i + 22
            && t.charAt(comma + 1) == ' '
            && t.charAt(i + 2) == '-'
            && t.charAt(i + 6) == '-'
            && t.charAt(i + 9) == ' '
            && t.endsWith(" GMT");
    if (!shaped) {
      return NONE;
    }
    int year = number(t, i + 7, i + 9);
    int century = year >= 0 && year < 70 ? 2000 : 1900;
    return at(
        year < 0 ? year : century + year,
        t.substring(i + 3, i + 6),
        number(t, i, i + 2),
        t.substring(i + 10, i + 18));
  }

  /** {@code Sun Nov 6 08:49:37 1994}. */
  private static long asctime(String t) {
    boolean shaped =
        t.length() == ASCTIME_LENGTH
            && DAYS.contains(t.substring(0, 3))
            && t.charAt(3) == ' '
            && t.charAt(7) == ' '
            && t.charAt(10) == ' '
            && t.charAt(19) == ' ';
    int day = shaped ? number(t, t.charAt(8) == ' ' ? 9 : 8, 10) : -1;
    return shaped ? at(number(t, 20, 24), t.substring(4, 7), day, t.substring(11, 19)) : NONE;
  }

  private static long at(int year, String month, int day, String time) {
    int m = MONTHS.indexOf(month);
    boolean shaped = time.charAt(2) == ':' && time.charAt(5) == ':';
    int hour = number(time, 0, 2);
    int minute = number(time, 3, 5);
    int second = number(time, 6, 8);
    if (year < 0 || m < 0 || day < 0 || !shaped || hour < 0 || minute < 0 || second < 0) {
      return NONE;
    }
    // A leap second is the last one of its minute.
    LocalTime at = LocalTime.of(hour, minute, second == 60 ? 59 : second);
    return LocalDate.of(year, m + 1, day).atTime(at).toEpochSecond(ZoneOffset.UTC);
  }

  /** Digits alone; -1 for anything else. */
  private static int number(String t, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      if (!Octets.isDigit((byte) t.charAt(i))) {
        return -1;
      }
      value = value * 10 + t.charAt(i) - '0';
    }
    return value;
  }
}
