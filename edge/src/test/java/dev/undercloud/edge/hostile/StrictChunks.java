package dev.undercloud.edge.hostile;

import static dev.undercloud.edge.hostile.Grammar.require;

import dev.undercloud.edge.hostile.Grammar.Field;
import dev.undercloud.edge.hostile.Grammar.Refused;
import dev.undercloud.edge.http1.EndToEnd;
import java.util.List;
import java.util.Locale;

/**
 * A chunked body by the letter of RFC 9112, 7.1.
 *
 * @param end index behind it
 */
record StrictChunks(int end, String payload) {
  /** The product's limits, of one body. */
  private static final int MOST_EXTENSION = 1024;

  private static final int MOST_TRAILERS = 16;
  private static final int MOST_TRAILER_BYTES = 8 << 10;

  /** Fields of connections, beside {@link EndToEnd}. */
  private static final List<String> NO_TRAILERS =
      List.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "upgrade",
          "http2-settings",
          "trailer",
          "proxy-authorization",
          "proxy-authenticate",
          "proxy");

  /** The body at {@code from}; null where its end has not come. */
  static StrictChunks read(String in, int from) throws Refused {
    StringBuilder payload = new StringBuilder();
    int extensions = 0;
    int at = from;
    while (true) {
      int end = in.indexOf("\r\n", at);
      if (end < 0) {
        return null;
      }
      String line = in.substring(at, end);
      int digits = 0;
      while (digits < line.length() && isHex(line.charAt(digits))) {
        digits++;
      }
      require(digits >= 1 && digits <= 16, "chunk-size");
      extensions += Math.max(0, extensions(line, digits));
      require(extensions <= MOST_EXTENSION, "chunk-ext too long");
      require(digits < 16 || line.charAt(0) < '8', "chunk-size beyond 63 bits");
      long size = Long.parseLong(line.substring(0, digits), 16);
      at = end + 2;
      if (size == 0) {
        int whole = trailers(in, at);
        return whole < 0 ? null : new StrictChunks(whole, payload.toString());
      }
      if (size > in.length() - at) {
        return null;
      }
      payload.append(in, at, at + (int) size);
      at += (int) size;
      if (in.length() - at < 2) {
        return null;
      }
      require(in.startsWith("\r\n", at), "chunk-data does not end with CRLF");
      at += 2;
    }
  }

  private static boolean isHex(char c) {
    return Grammar.isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
  }

  /**
   * {@code *( ";" chunk-ext-name [ "=" chunk-ext-val ] )} without the white space that RFC 9112
   * calls bad: a choice. Returns the octets behind the first semicolon.
   */
  private static int extensions(String line, int from) throws Refused {
    int at = from;
    while (at < line.length()) {
      require(line.charAt(at) == ';', "chunk-ext");
      int name = ++at;
      at = token(line, at);
      require(at > name, "chunk-ext-name");
      if (at < line.length() && line.charAt(at) == '=') {
        int value = ++at;
        at =
            value < line.length() && line.charAt(value) == '"'
                ? quoted(line, value)
                : token(line, at);
        require(at > value, "chunk-ext-val");
      }
    }
    return line.length() - from - 1;
  }

  private static int token(String line, int from) {
    int at = from;
    while (at < line.length() && Grammar.isTchar(line.charAt(at))) {
      at++;
    }
    return at;
  }

  /** RFC 9110, 5.6.4. */
  private static int quoted(String line, int from) throws Refused {
    int at = from + 1;
    while (at < line.length() && line.charAt(at) != '"') {
      at += line.charAt(at) == '\\' ? 1 : 0;
      require(at < line.length() && Grammar.isContent(line.charAt(at)), "quoted-string");
      at++;
    }
    require(at < line.length(), "quoted-string");
    return at + 1;
  }

  /** The index behind the trailer section; -1 where it is not whole. */
  private static int trailers(String in, int from) throws Refused {
    int at = from;
    int count = 0;
    while (true) {
      int end = in.indexOf("\r\n", at);
      if (end < 0) {
        return -1;
      }
      if (end == at) {
        require(end + 2 - from <= MOST_TRAILER_BYTES, "trailers too large");
        return end + 2;
      }
      Field trailer = Grammar.field(in.substring(at, end));
      String name = trailer.name().toLowerCase(Locale.ROOT);
      require(!NO_TRAILERS.contains(name) && !EndToEnd.NAMES.contains(name), "trailer");
      require(!name.startsWith("x-forwarded-"), "trailer");
      // A server could take it for the name with a dash: a choice.
      require(name.matches("[a-z0-9-]+"), "trailer that looks like another");
      require(++count <= MOST_TRAILERS, "too many trailers");
      at = end + 2;
    }
  }
}
