package dev.undercloud.edge.http1;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A chunked body read by other means than the codec: expressions from RFC 9112, 7.1 on the text as
 * a whole. The judge of {@link ChunkedFraming}.
 *
 * @param length bytes of the body, or -1 where it is not whole
 */
record PlainChunks(int length, String payload) {
  private static final PlainChunks BAD = new PlainChunks(-2, "");
  private static final PlainChunks MORE = new PlainChunks(-1, "");
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String QUOTED =
      "\"(?:[\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\t -~\\x80-\\xff])*\"";
  private static final Pattern SIZE =
      Pattern.compile(
          "([0-9A-Fa-f]{1,16})((?:;" + TOKEN + "(?:=(?:" + TOKEN + "|" + QUOTED + "))?)*)\r\n");
  private static final Pattern TRAILER = Pattern.compile("(" + TOKEN + "):[\t -~\\x80-\\xff]*\r\n");
  private static final List<String> FORBIDDEN =
      List.of("host", "content-length", "connection", "te", "x-request-id", "cookie");

  /** Reads the body at the start of {@code text}; it may not be whole, then length is below 0. */
  static PlainChunks read(String text) {
    StringBuilder payload = new StringBuilder();
    int at = 0;
    int extensions = 0;
    while (true) {
      Matcher size = SIZE.matcher(text).region(at, text.length());
      if (!size.lookingAt()) {
        return text.indexOf('\n', at) < 0 ? MORE : BAD;
      }
      extensions += Math.max(0, size.group(2).length() - count(size.group(2)));
      BigInteger length = new BigInteger(size.group(1), 16);
      if (length.bitLength() > 63 || extensions > 1024) {
        return BAD;
      }
      at = size.end();
      if (length.signum() == 0) {
        return trailers(text, at, payload.toString());
      }
      if (length.compareTo(BigInteger.valueOf(text.length() - at)) > 0) {
        return MORE;
      }
      int end = at + length.intValue();
      payload.append(text, at, end);
      if (!text.startsWith("\r\n", end)) {
        return "\r\n".startsWith(text.substring(end, Math.min(text.length(), end + 2)))
            ? MORE
            : BAD;
      }
      at = end + 2;
    }
  }

  /** The codec does not count the semicolon that opens a chunk's extensions. */
  private static int count(String extensions) {
    return extensions.isEmpty() ? 0 : 1;
  }

  private static PlainChunks trailers(String text, int from, String payload) {
    int at = from;
    int fields = 0;
    while (!text.startsWith("\r\n", at)) {
      Matcher trailer = TRAILER.matcher(text).region(at, text.length());
      if (!trailer.lookingAt()) {
        return text.indexOf('\n', at) < 0 ? MORE : BAD;
      }
      String name = trailer.group(1).toLowerCase(Locale.ROOT);
      boolean forbidden = FORBIDDEN.contains(name) || name.startsWith("x-forwarded-");
      if (forbidden || !name.matches("[a-z0-9-]+") || ++fields > 16) {
        return BAD;
      }
      at = trailer.end();
    }
    return at + 2 - from > 8192 ? BAD : new PlainChunks(at + 2, payload);
  }
}
