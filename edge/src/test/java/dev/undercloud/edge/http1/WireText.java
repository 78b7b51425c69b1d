package dev.undercloud.edge.http1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Bytes written down in text: the escapes and macros of the case files. */
public final class WireText {
  private static final Map<String, String> MACROS =
      Map.of(
          "host", "Host: a.localhost\\r\\n",
          "get", "GET / HTTP/1.1\\r\\n{host}",
          "post", "POST / HTTP/1.1\\r\\n{host}",
          "ok", "HTTP/1.1 200 OK\\r\\n",
          "chunked", "{post}Transfer-Encoding: chunked\\r\\n\\r\\n");

  private final String text;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private WireText(String text) {
    this.text = text;
  }

  public static byte[] bytes(String text) {
    WireText it = new WireText(text);
    it.run(0, text.length());
    return it.out.toByteArray();
  }

  /** The other way, for messages of failing tests. */
  public static String show(byte[] bytes) {
    StringBuilder shown = new StringBuilder();
    for (byte b : bytes) {
      switch (b) {
        case '\r' -> shown.append("\\r");
        case '\n' -> shown.append("\\n");
        case '\t' -> shown.append("\\t");
        case '\\' -> shown.append("\\\\");
        default -> shown.append(b >= ' ' && b < 0x7f ? "" + (char) b : "\\x%02x".formatted(b));
      }
    }
    return shown.length() <= 2000 ? shown.toString() : shown.substring(0, 2000) + "…";
  }

  /** Lines of a case file, without comments and empty ones. */
  public static List<String> cases(String resource) {
    return lines(resource).stream().filter(l -> !l.isBlank() && !l.startsWith("#")).toList();
  }

  static List<String> lines(String resource) {
    try (InputStream in = WireText.class.getResourceAsStream("/http1/" + resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(int from, int to) {
    int i = from;
    while (i < to) {
      char c = text.charAt(i);
      if (c == '\\') {
        i = escape(i + 1);
      } else if (c == '{') {
        int close = closing(i);
        macro(text.substring(i + 1, close));
        i = close + 1;
      } else {
        out.write(c);
        i++;
      }
    }
  }

  private int escape(int i) {
    switch (text.charAt(i)) {
      case 'r' -> out.write('\r');
      case 'n' -> out.write('\n');
      case 't' -> out.write('\t');
      case '0' -> out.write(0);
      case '\\' -> out.write('\\');
      case 'x' -> {
        out.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        return i + 3;
      }
      default -> throw new IllegalArgumentException("no such escape: " + text);
    }
    return i + 1;
  }

  private void macro(String inner) {
    String known = MACROS.get(inner);
    int star = inner.indexOf('*');
    int times = known != null ? 1 : Integer.parseInt(inner.substring(0, star));
    byte[] once = bytes(known != null ? known : inner.substring(star + 1));
    for (int n = 0; n < times; n++) {
      out.writeBytes(once);
    }
  }

  private int closing(int open) {
    int depth = 0;
    for (int i = open; ; i++) {
      depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
  }
}
