package dev.undercloud.edge.cache;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * CDN-Cache-Control (RFC 9213): a dictionary of structured fields (RFC 8941), parsed as strictly as
 * that asks, since a field that is not one is as if it were not there. Used once.
 */
final class Targeted {
  private static final String MALFORMED = "not a structured field";

  /** Whole digits of an integer; those of a decimal's integer part. */
  private static final int INTEGER_DIGITS = 15;

  private static final int DECIMAL_DIGITS = 12;
  private static final int FRACTION_DIGITS = 3;

  private final String text;
  private int i;

  private Targeted(String text) {
    this.text = text;
  }

  /**
   * Fills {@code into} with what the field says.
   *
   * @param value all lines, joined with commas
   * @return whether it is to be used: a dictionary that is not empty
   */
  static boolean parse(String value, Directives into) {
    Directives draft = new Directives();
    draft.clear();
    try {
      new Targeted(value.strip()).dictionary(draft);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
    if (!draft.any) {
      return false;
    }
    into.clear();
    copy(draft, into);
    return true;
  }

  private static void copy(Directives from, Directives to) {
    to.any = true;
    to.maxAge = from.maxAge;
    to.sMaxAge = from.sMaxAge;
    to.staleWhileRevalidate = from.staleWhileRevalidate;
    to.staleIfError = from.staleIfError;
    to.noStore = from.noStore;
    to.noCache = from.noCache;
    to.isPrivate = from.isPrivate;
    to.isPublic = from.isPublic;
    to.mustRevalidate = from.mustRevalidate;
    to.proxyRevalidate = from.proxyRevalidate;
    to.mustUnderstand = from.mustUnderstand;
    to.withheld = from.withheld;
  }

  private void dictionary(Directives into) {
    while (i < text.length()) {
      String key = key();
      Object value = Boolean.TRUE;
      if (take('=')) {
        value = item();
      }
      parameters();
      into.any = true;
      member(key, value, into);
      skipBlank();
      if (i == text.length()) {
        return;
      }
      require(take(','));
      skipBlank();
      require(i < text.length());
    }
  }

  /** Of several members with one key the last counts; a value of another type says nothing. */
  private static void member(String key, @Nullable Object value, Directives into) {
    boolean is = Boolean.TRUE.equals(value);
    switch (key) {
      case "max-age" -> into.maxAge = seconds(value);
      case "s-maxage" -> into.sMaxAge = seconds(value);
      case "stale-while-revalidate" -> into.staleWhileRevalidate = seconds(value);
      case "stale-if-error" -> into.staleIfError = seconds(value);
      case "no-store" -> into.noStore = is;
      case "no-cache" -> into.noCache = is || value instanceof String s && !into.withhold(s);
      case "private" -> into.isPrivate = is || value instanceof String s && !into.withhold(s);
      case "public" -> into.isPublic = is;
      case "must-revalidate" -> into.mustRevalidate = is;
      case "proxy-revalidate" -> into.proxyRevalidate = is;
      case "must-understand" -> into.mustUnderstand = is;
      default -> {
        // Extensions are ignored.
      }
    }
  }

  private static int seconds(@Nullable Object value) {
    return value instanceof Long n && n >= 0
        ? (int) Math.min(n, Directives.LONGEST)
        : Directives.ABSENT;
  }

  private String key() {
    int from = i;
    require(isKeyStart(peek()));
    skip(c -> isKeyStart(c) || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.');
    return text.substring(from, i);
  }

  private static boolean isKeyStart(int c) {
    return c >= 'a' && c <= 'z' || c == '*';
  }

  /** A bare item or an inner list; what is no integer, boolean or string comes as null. */
  private @Nullable Object item() {
    if (take('(')) {
      while (true) {
        skipSpaces();
        if (take(')')) {
          return null;
        }
        Object unused = bare();
        parameters();
        require(peek() == ' ' || peek() == ')');
      }
    }
    return bare();
  }

  private @Nullable Object bare() {
    int c = peek();
    if (c == '-' || isDigit(c)) {
      return number();
    }
    if (take('"')) {
      return string();
    }
    if (take('?')) {
      require(peek() == '0' || peek() == '1');
      return text.charAt(i++) == '1';
    }
    if (take(':')) {
      skip(b -> isAlpha(b) || isDigit(b) || b == '+' || b == '/' || b == '=');
      require(take(':'));
      return null;
    }
    require(isAlpha(c) || c == '*');
    skip(b -> isAlpha(b) || isDigit(b) || b > 0 && "!#$%&'*+-.^_`|~:/".indexOf(b) >= 0);
    return null;
  }

  private @Nullable Object number() {
    boolean negative = take('-');
    int from = i;
    skip(Targeted::isDigit);
    int digits = i - from;
    require(digits > 0 && digits <= INTEGER_DIGITS);
    if (!take('.')) {
      long value = Long.parseLong(text.substring(from, i));
      return negative ? -value : value;
    }
    int fraction = i;
    skip(Targeted::isDigit);
    int places = i - fraction;
    require(digits <= DECIMAL_DIGITS && places > 0 && places <= FRACTION_DIGITS);
    return null;
  }

  private String string() {
    StringBuilder value = new StringBuilder();
    while (true) {
      int c = peek();
      require(c >= ' ' && c <= '~');
      i++;
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\') {
        c = peek();
        require(c == '"' || c == '\\');
        i++;
      }
      value.append((char) c);
    }
  }

  private void parameters() {
    while (take(';')) {
      skipSpaces();
      String unused = key();
      if (take('=')) {
        Object ignored = bare();
      }
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAlpha(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  private int peek() {
    return i < text.length() ? text.charAt(i) : -1;
  }

  private boolean take(char c) {
    if (peek() == c) {
      i++;
      return true;
    }
    return false;
  }

  private void skip(IntPredicate kind) {
    while (i < text.length() && kind.test(text.charAt(i))) {
      i++;
    }
  }

  private void skipSpaces() {
    skip(c -> c == ' ');
  }

  private void skipBlank() {
    skip(c -> c == ' ' || c == '\t');
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException(MALFORMED);
    }
  }
}
