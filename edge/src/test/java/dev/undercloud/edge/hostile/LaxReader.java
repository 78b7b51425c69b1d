package dev.undercloud.edge.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Requests as a careless server takes them: LF ends a line, white space around everything is
 * ignored, an underscore is a dash, the last Content-Length counts as far as it is digits, a coding
 * that contains "chunked" is chunked, a chunk size ends where its digits do, NUL ends a value. What
 * the edge passes on must say the same to it as to a strict one.
 */
final class LaxReader {
  private final String in;
  private int at;

  private LaxReader(String in) {
    this.in = in;
  }

  /**
   * {@code METHOD target body} of every request, and {@code …} for a last one that is not whole.
   */
  static List<String> requests(String in) {
    LaxReader reader = new LaxReader(in);
    List<String> seen = new ArrayList<>();
    while (reader.at < in.length()) {
      String next = reader.request();
      if (next == null) {
        seen.add("…");
        return seen;
      }
      seen.add(next);
    }
    return seen;
  }

  private String request() {
    String line = line();
    while (line != null && line.isBlank() && at < in.length()) {
      line = line();
    }
    if (line == null) {
      return null;
    }
    String[] words = line.strip().split("\\s+");
    String what = words[0] + " " + (words.length > 1 ? words[1] : "");
    long length = 0;
    boolean chunked = false;
    while (true) {
      String field = line();
      if (field == null) {
        return null;
      }
      if (field.isBlank()) {
        break;
      }
      int nul = field.indexOf('\0');
      String lower = (nul < 0 ? field : field.substring(0, nul)).toLowerCase(Locale.ROOT);
      int colon = lower.indexOf(':');
      String name = lower.substring(0, Math.max(0, colon)).strip().replaceAll("[^a-z0-9]", "-");
      if (name.equals("transfer-encoding")) {
        chunked |= lower.contains("chunked");
      } else if (name.equals("content-length")) {
        length = number(lower, 10);
      }
    }
    String body = chunked ? chunks() : exactly(length);
    return body == null ? null : what + " " + body;
  }

  private String line() {
    int end = in.indexOf('\n', at);
    if (end < 0) {
      return null;
    }
    String line = in.substring(at, end);
    at = end + 1;
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private String exactly(long length) {
    if (length > in.length() - at) {
      return null;
    }
    String body = in.substring(at, at + (int) length);
    at += (int) length;
    return body;
  }

  /** The first number in {@code text}; 0 where there is none. */
  private static long number(String text, int radix) {
    int from = 0;
    while (from < text.length() && Character.digit(text.charAt(from), radix) < 0) {
      from++;
    }
    long value = 0;
    for (int i = from; i < text.length() && Character.digit(text.charAt(i), radix) >= 0; i++) {
      value = value * radix + Character.digit(text.charAt(i), radix);
      if (value > Integer.MAX_VALUE) {
        return Integer.MAX_VALUE;
      }
    }
    return value;
  }

  private String chunks() {
    StringBuilder body = new StringBuilder();
    while (true) {
      String line = line();
      if (line == null) {
        return null;
      }
      String size = line.strip().toLowerCase(Locale.ROOT);
      long length = number(size.startsWith("0x") ? size.substring(2) : size, 16);
      if (length == 0) {
        return trailers() ? body.toString() : null;
      }
      String data = exactly(length);
      if (data == null || line() == null) {
        return null;
      }
      body.append(data);
    }
  }

  private boolean trailers() {
    String line = line();
    while (line != null && !line.isBlank()) {
      line = line();
    }
    return line != null;
  }
}
