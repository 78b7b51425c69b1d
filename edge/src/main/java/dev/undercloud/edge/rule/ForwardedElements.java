package dev.undercloud.edge.rule;

import dev.undercloud.core.unit.Cidr;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a {@code Forwarded} field (RFC 7239), the last one first. Read from the end:
 * there stands what the nearest proxy wrote, and no quotation mark that a client left open before
 * it changes how that is understood. Not for several threads at once.
 */
final class ForwardedElements {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
  private static final int PORT_DIGITS = 5;

  private final String text;

  /** Where the elements end that have not been read; negative for none. */
  private int end;

  private boolean named;
  private boolean told;
  private @Nullable InetAddress client;
  private @Nullable String scheme;

  /**
   * @param text all lines of the field as one list
   */
  ForwardedElements(String text) {
    this.text = text;
    end = text.length();
  }

  /** Of the last element read: whom {@code for} names; null where that is no address. */
  @Nullable InetAddress client() {
    return client;
  }

  /** {@code http} or {@code https}; null where {@code proto} says neither. */
  @Nullable String scheme() {
    return scheme;
  }

  /** Reads the element before those that were read; whether there is one, and sound. */
  boolean next() {
    named = told = false;
    client = null;
    scheme = null;
    boolean more = end >= 0;
    boolean sound = more;
    while (more) {
      int mark = separator();
      sound = mark >= -1 && pair(text.substring(mark + 1, end).strip());
      more = sound && mark >= 0 && text.charAt(mark) == ';';
      end = sound ? mark : -1;
    }
    if (!sound) {
      client = null;
      scheme = null;
    }
    return sound;
  }

  /** The last comma or semicolon before the end, outside of quotes; -1 for none, -2 for unsound. */
  private int separator() {
    boolean quoted = false;
    for (int i = end - 1; i >= 0; i--) {
      char c = text.charAt(i);
      if (c == '\\') {
        // From behind nobody can tell what it escapes, and no address needs it.
        return -2;
      }
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == ';')) {
        return i;
      }
    }
    return quoted ? -2 : -1;
  }

  private boolean pair(String pair) {
    if (pair.isEmpty()) {
      return true;
    }
    int equal = pair.indexOf('=');
    if (equal < 0 || !isToken(pair.substring(0, equal))) {
      return false;
    }
    String value = pair.substring(equal + 1);
    int last = value.length() - 1;
    if (last > 0 && value.charAt(0) == '"' && value.charAt(last) == '"') {
      value = value.substring(1, last);
      if (value.indexOf('"') >= 0) {
        return false;
      }
    } else if (!isToken(value)) {
      return false;
    }
    boolean again = false;
    switch (pair.substring(0, equal).toLowerCase(Locale.ROOT)) {
      case "for" -> {
        again = named;
        named = true;
        client = node(value);
      }
      case "proto" -> {
        again = told;
        told = true;
        String lower = value.toLowerCase(Locale.ROOT);
        scheme = lower.equals("http") || lower.equals("https") ? lower : null;
      }
      default -> {}
    }
    return !again;
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!plain && TOKEN_MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** {@code 192.0.2.1}, {@code [2001:db8::1]}, with a port behind; null for others (section 6). */
  private static @Nullable InetAddress node(String text) {
    boolean bracketed = text.startsWith("[");
    int name = bracketed ? text.indexOf(']') + 1 : text.indexOf(':');
    name = name < 0 ? text.length() : name;
    if (name == 0 || name < text.length() && !isPort(text, name)) {
      return null;
    }
    String address = bracketed ? text.substring(1, name - 1) : text.substring(0, name);
    boolean sixth = address.indexOf(':') >= 0;
    return sixth == bracketed ? Cidr.address(address) : null;
  }

  private static boolean isPort(String text, int colon) {
    int digits = text.length() - colon - 1;
    if (text.charAt(colon) != ':' || digits < 1) {
      return false;
    }
    boolean hidden = text.charAt(colon + 1) == '_';
    for (int i = colon + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!hidden && (c < '0' || c > '9')) {
        return false;
      }
    }
    return hidden ? isToken(text.substring(colon + 1)) : digits <= PORT_DIGITS;
  }
}
