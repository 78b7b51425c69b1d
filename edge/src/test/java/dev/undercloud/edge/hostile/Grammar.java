package dev.undercloud.edge.hostile;

import dev.undercloud.edge.http1.EndToEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The rules that requests and responses share, read off RFC 9110 and RFC 9112 one octet at a time.
 * Where the RFCs leave a choice, the strict one is taken; each such choice says so.
 */
final class Grammar {
  /** Fields of one message; the product's limit. */
  static final int MOST_FIELDS = 100;

  /** Octets of one head; the product's limit. */
  static final int MOST_HEAD = 64 << 10;

  /** Elements of all Connection fields together, and unknown ones among them: limits of ours. */
  private static final int MOST_ELEMENTS = 32;

  private static final int MOST_NAMES = 16;

  private Grammar() {}

  /** The message breaks a rule. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why, null, false, false);
    }
  }

  /** A field line: name as sent, value without the white space around it. */
  record Field(String name, String value) {
    boolean is(String lower) {
      return name.equalsIgnoreCase(lower);
    }
  }

  static void require(boolean holds, String rule) throws Refused {
    if (!holds) {
      throw new Refused(rule);
    }
  }

  /** The index behind the empty line that ends a head; -1 where there is none. */
  static int endOfHead(String in, int from) {
    int at = in.indexOf("\r\n\r\n", from);
    return at < 0 ? -1 : at + 4;
  }

  /** RFC 9110, 5.6.2. */
  static boolean isTchar(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || isDigit(c)
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isVchar(char c) {
    return c > ' ' && c < 0x7f;
  }

  /** RFC 9110, 5.5: field-content, obs-text included. */
  static boolean isContent(char c) {
    return isVchar(c) || c == ' ' || c == '\t' || c >= 0x80 && c <= 0xff;
  }

  static boolean isToken(String s) {
    return !s.isEmpty() && s.chars().allMatch(c -> isTchar((char) c));
  }

  /** White space as RFC 9110, 5.6.3 has it, and no other. */
  static String withoutOws(String s) {
    int from = 0;
    int to = s.length();
    while (from < to && (s.charAt(from) == ' ' || s.charAt(from) == '\t')) {
      from++;
    }
    while (to > from && (s.charAt(to - 1) == ' ' || s.charAt(to - 1) == '\t')) {
      to--;
    }
    return s.substring(from, to);
  }

  /** A field line without its CRLF (RFC 9112, 5); folded lines are refused. */
  static Field field(String line) throws Refused {
    int colon = line.indexOf(':');
    require(colon > 0, "field-line has no name and colon");
    String name = line.substring(0, colon);
    require(isToken(name), "field-name is no token");
    String value = line.substring(colon + 1);
    for (int i = 0; i < value.length(); i++) {
      require(isContent(value.charAt(i)), "field-value");
    }
    return new Field(name, withoutOws(value));
  }

  /** The field lines in {@code in[from, to)}, where to is behind the empty line. */
  static List<Field> fields(String in, int from, int to) throws Refused {
    List<Field> fields = new ArrayList<>();
    int at = from;
    while (true) {
      int end = in.indexOf("\r\n", at);
      if (end == at) {
        require(at + 2 == to, "the empty line is the last");
        return fields;
      }
      fields.add(field(in.substring(at, end)));
      require(fields.size() <= MOST_FIELDS, "too many fields");
      at = end + 2;
    }
  }

  static List<String> values(List<Field> fields, String lower) {
    List<String> values = new ArrayList<>();
    for (Field field : fields) {
      if (field.is(lower)) {
        values.add(field.value);
      }
    }
    return values;
  }

  /** RFC 9110, 7.6.1: connection options in lower case. */
  static List<String> connection(List<Field> fields) throws Refused {
    List<String> options = new ArrayList<>();
    int elements = 0;
    int names = 0;
    for (String value : values(fields, "connection")) {
      String[] parts = value.split(",", -1);
      for (int i = 0; i < parts.length; i++) {
        String option = withoutOws(parts[i]).toLowerCase(Locale.ROOT);
        boolean last = i == parts.length - 1;
        // What is behind the last comma is an element only where it is something.
        elements += last && parts[i].isEmpty() ? 0 : 1;
        if (option.isEmpty()) {
          continue;
        }
        require(isToken(option), "connection-option is no token");
        require(!EndToEnd.NAMES.contains(option), "connection-option names an end-to-end field");
        require(!option.startsWith("x-forwarded-"), "connection-option names a forwarded field");
        options.add(option);
        names += List.of("close", "keep-alive", "upgrade").contains(option) ? 0 : 1;
      }
    }
    require(elements <= MOST_ELEMENTS && names <= MOST_NAMES, "too many connection options");
    return options;
  }

  /** RFC 9112, 9.3. */
  static boolean persists(List<String> options, int minor) {
    return !options.contains("close") && (minor >= 1 || options.contains("keep-alive"));
  }

  /** RFC 9112, 6.1: whether the body is chunked. Only that one coding, once: a choice. */
  static boolean chunked(List<Field> fields, int minor) throws Refused {
    List<String> codings = values(fields, "transfer-encoding");
    if (codings.isEmpty()) {
      return false;
    }
    require(minor >= 1, "Transfer-Encoding in HTTP/1.0");
    require(codings.size() == 1, "several Transfer-Encoding lines");
    require(codings.getFirst().equalsIgnoreCase("chunked"), "transfer coding");
    require(values(fields, "content-length").isEmpty(), "Transfer-Encoding and Content-Length");
    return true;
  }

  /** RFC 9112, 6.2 and 6.3; -1 without one. One line, one number, no list: a choice. */
  static long contentLength(List<Field> fields) throws Refused {
    List<String> lengths = values(fields, "content-length");
    if (lengths.isEmpty()) {
      return -1;
    }
    require(lengths.size() == 1, "several Content-Length lines");
    String length = lengths.getFirst();
    require(!length.isEmpty() && length.length() <= 18, "Content-Length is 1 to 18 digits");
    for (int i = 0; i < length.length(); i++) {
      require(isDigit(length.charAt(i)), "Content-Length is digits");
    }
    return Long.parseLong(length);
  }
}
