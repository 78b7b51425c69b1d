package dev.undercloud.edge.hostile;

import static dev.undercloud.edge.hostile.Grammar.require;

import dev.undercloud.edge.hostile.Grammar.Field;
import dev.undercloud.edge.hostile.Grammar.Refused;
import java.util.List;

/**
 * A response head by the letter of RFC 9112, 4 and 6.3: written without a look at the product's
 * codec, to judge it.
 *
 * @param end index behind the head
 * @param contentLength -1 for none
 * @param reusable whether the connection can serve another request after the body
 */
record StrictResponse(
    int end,
    int status,
    int minor,
    long contentLength,
    Body body,
    boolean reusable,
    List<Field> fields) {
  enum Body {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  /** The head at {@code from}; null where its end has not come. */
  static StrictResponse read(String in, int from, boolean toHead) throws Refused {
    int end = Grammar.endOfHead(in, from);
    if (end < 0) {
      return null;
    }
    require(end - from <= Grammar.MOST_HEAD, "head too large");
    int lineEnd = in.indexOf("\r\n", from);
    String line = in.substring(from, lineEnd);
    int status = status(line);
    int minor = line.charAt(7) - '0';
    List<Field> fields = Grammar.fields(in, lineEnd + 2, end);
    boolean chunked = Grammar.chunked(fields, minor);
    long length = Grammar.contentLength(fields);
    if (status < 200) {
      // RFC 9110, 15.2: no interim response has a body. That it says so itself passes: a choice.
      require(!chunked && length <= 0, "an interim response with a body");
    }
    Body body = body(status, toHead, chunked, length);
    boolean persists = Grammar.persists(Grammar.connection(fields), minor);
    // RFC 9112, 6.3 says that no body follows; who announces one may send it all the same.
    boolean doubtful = body == Body.NONE && (chunked || status == 204 && length > 0);
    boolean reusable = persists && body != Body.UNTIL_CLOSE && !doubtful && status != 101;
    return new StrictResponse(end, status, minor, length, body, reusable, fields);
  }

  /** The index behind the body, which begins behind the head; -1 where it is not whole. */
  int bodyEnd(String in) throws Refused {
    return switch (body) {
      case NONE -> end;
      case LENGTH -> contentLength > in.length() - end ? -1 : end + (int) contentLength;
      case CHUNKED -> {
        StrictChunks chunks = StrictChunks.read(in, end);
        yield chunks == null ? -1 : chunks.end();
      }
      case UNTIL_CLOSE -> in.length();
    };
  }

  /** status-line, RFC 9112, 4; the space before an absent reason may be absent too, a choice. */
  private static int status(String line) throws Refused {
    require(line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "), "status-line");
    require(line.length() >= 12, "status-line");
    for (int i = 9; i < 12; i++) {
      require(Grammar.isDigit(line.charAt(i)), "status-code");
    }
    require(line.length() == 12 || line.charAt(12) == ' ', "status-line");
    for (int i = 12; i < line.length(); i++) {
      require(Grammar.isContent(line.charAt(i)), "reason-phrase");
    }
    int status = Integer.parseInt(line.substring(9, 12));
    require(status >= 100, "status-code");
    return status;
  }

  /** RFC 9112, 6.3. */
  private static Body body(int status, boolean toHead, boolean chunked, long length) {
    if (toHead || status < 200 || status == 204 || status == 304) {
      return Body.NONE;
    }
    if (chunked) {
      return Body.CHUNKED;
    }
    if (length >= 0) {
      return length == 0 ? Body.NONE : Body.LENGTH;
    }
    return Body.UNTIL_CLOSE;
  }
}
