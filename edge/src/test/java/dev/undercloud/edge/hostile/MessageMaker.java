package dev.undercloud.edge.hostile;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes streams of requests, and responses, by grammar: mostly good ones, framed in every way, some
 * ambiguous by a field, some damaged by a byte. The same seed makes the same messages.
 */
final class MessageMaker {
  private static final String[] METHODS = {
    "GET",
    "POST",
    "PUT",
    "HEAD",
    "OPTIONS",
    "DELETE",
    "PATCH",
    "M-SEARCH",
    "CONNECT",
    "TRACE",
    "get",
    "G\0T"
  };
  private static final String[] TARGETS = {
    "/",
    "/a?b=c",
    "/smuggled",
    "*",
    "http://b.localhost/x",
    "http://b?q",
    "//x",
    "/%0d%0aX:",
    "b:80",
    "HTTPS://[::1]:8443",
    "/a b",
    "/\u00e9",
    "/#",
    "http://",
    "http://u@b/",
    "/{}|^`\\\"<>"
  };
  private static final String[] VERSIONS = {
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/1.2",
    "HTTP/2.0",
    "http/1.1",
    "HTTP/1.1 ",
    "HTTP/11"
  };
  private static final String[] HOSTS = {
    "a",
    "a.localhost",
    "a.localhost:80",
    "A.B.",
    "[::1]:80",
    "a_b",
    "",
    "a,b",
    "a b",
    "a:",
    "a:65536",
    "u@a",
    "a/b",
    "a..b",
    ".a",
    "[::1",
    "[a]",
    "a%2eb",
    "[::1]x",
    "a:00080",
    "1.2.3.4"
  };
  private static final String[] NAMES = {
    "X",
    "Accept",
    "Cookie",
    "Connection",
    "Upgrade",
    "Expect",
    "Transfer-Encoding",
    "Content-Length",
    "Host",
    "X-Forwarded-For",
    "Forwarded",
    "TE",
    "Keep-Alive",
    "Trailer",
    "Content_Length",
    "Transfer_Encoding",
    "Proxy-Connection",
    "X-Request-Id",
    "traceparent",
    "X.Forwarded.For",
    "Via",
    "Range",
    "Content-Type",
    "Set-Cookie",
    "Date",
    "Server",
    "HTTP2-Settings",
    "Authorization"
  };
  private static final String[] VALUES = {
    "",
    "0",
    "5",
    "a",
    "close",
    "keep-alive",
    "upgrade",
    "chunked",
    "identity",
    "websocket",
    "h2c",
    "gzip, chunked",
    "chunked, chunked",
    "close, X",
    "6.6.6.6, <spoofed>",
    "Upgrade, close",
    "Host",
    "X-Forwarded-For",
    "100-continue",
    "trailers",
    "a=b; c=\"d\"",
    " \t a \t",
    "5,5",
    "+5",
    "05",
    "5 ",
    "0x5",
    "99999999999999999999",
    "text/event-stream",
    "\u00e9\u00ff",
    "close,,",
    "keep-alive , upgrade",
    "HTTP2-Settings, Upgrade",
    "chunked;",
    "Chunked",
    "-1",
    "te, close"
  };
  private static final String[] STATUSES = {
    "200 OK",
    "200 OK",
    "204 No Content",
    "304 Not Modified",
    "404 Not Found",
    "101 Switching Protocols",
    "100 Continue",
    "103 Early Hints",
    "500 ",
    "200",
    "099 x",
    "1000 x",
    "20 x",
    "999 \u00e9",
    "600 x",
    "2x0 OK"
  };
  private static final String[] EXTENSIONS = {
    "", "", "", ";a", ";a=b", ";a=\"b;\\\"c\"", ";a;b=c", " ", ";", "; a", ";a=\"", ";\u00e9", ";a="
  };
  private static final String[] BODIES = {
    "hello", "0\r\n\r\n", "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n", "\n\n", "a"
  };
  private static final String DAMAGE =
      "\r\n\t :,;=/?#@[]\0\u0001\u000b\u001f\u007f\u0080\u00ff\"\\_-+.05aAxZ";
  private static final List<String> SPLICES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          "\r\n\r\n",
          "\n\n",
          "\r\n ",
          "\0",
          " :",
          "chunked",
          "Content-Length: 5\r\n",
          "Transfer-Encoding: chunked\r\n",
          "\r\n0\r\n\r\n",
          "HTTP/1.1",
          "\u0085",
          "\u00a0");

  private final Random random;

  MessageMaker(long seed) {
    random = new Random(seed);
  }

  /** One to four requests behind each other. */
  String requests() {
    StringBuilder stream = new StringBuilder();
    for (int n = Math.max(1, random.nextInt(7) - 3); n > 0; n--) {
      request(stream);
    }
    damage(stream);
    return stream.toString();
  }

  private void request(StringBuilder out) {
    if (random.nextInt(40) == 0) {
      out.append("\r\n");
    }
    out.append(one(METHODS)).append(' ').append(one(TARGETS)).append(' ').append(one(VERSIONS));
    out.append("\r\n");
    int hosts = random.nextInt(30) == 0 ? random.nextInt(3) : 1;
    for (int n = 0; n < hosts; n++) {
      out.append("Host: ").append(one(HOSTS)).append("\r\n");
    }
    odd(out);
    body(out, random.nextInt(3));
  }

  /** A response. */
  String response() {
    StringBuilder out = new StringBuilder();
    out.append(random.nextInt(6) == 0 ? one(VERSIONS) : "HTTP/1.1").append(' ');
    out.append(one(STATUSES)).append("\r\n");
    odd(out);
    body(out, random.nextInt(3));
    damage(out);
    return out.toString();
  }

  /** Fields that may well be fine. */
  private void odd(StringBuilder out) {
    for (int n = random.nextInt(5) - 1; n > 0; n--) {
      String name = one(NAMES);
      out.append(random.nextInt(4) == 0 ? name.toLowerCase(Locale.ROOT) : name);
      out.append(random.nextInt(60) == 0 ? " :" : random.nextBoolean() ? ": " : ":\t");
      out.append(VALUES[random.nextInt(VALUES.length)]).append("\r\n");
    }
  }

  private void body(StringBuilder out, int kind) {
    String body = one(BODIES);
    if (kind == 0) {
      out.append("\r\n");
    } else if (kind == 1) {
      int off = random.nextInt(20) == 0 ? random.nextInt(3) - 1 : 0;
      out.append("Content-Length: ").append(body.length() + off).append("\r\n\r\n").append(body);
    } else {
      out.append(
          random.nextInt(20) == 0
              ? "Transfer-Encoding:\tChunked\r\n\r\n"
              : "Transfer-Encoding: chunked\r\n\r\n");
      chunks(out, body);
    }
  }

  private void chunks(StringBuilder out, String body) {
    for (int n = random.nextInt(3); n > 0; n--) {
      out.append("0".repeat(random.nextInt(10) == 0 ? random.nextInt(17) : 0));
      out.append(Integer.toHexString(body.length()));
      out.append(random.nextInt(5) == 0 ? one(EXTENSIONS) : "")
          .append("\r\n")
          .append(body)
          .append("\r\n");
    }
    out.append(random.nextInt(10) == 0 ? "000" : "0");
    out.append(random.nextInt(5) == 0 ? one(EXTENSIONS) : "").append("\r\n");
    for (int n = random.nextInt(12) - 9; n > 0; n--) {
      out.append(one(NAMES)).append(": ").append(one(VALUES)).append("\r\n");
    }
    out.append("\r\n");
  }

  /** The first choices are the likelier ones. */
  private String one(String[] choices) {
    int most = choices.length;
    return choices[
        Math.min(random.nextInt(most), Math.min(random.nextInt(most), random.nextInt(most)))];
  }

  private void damage(StringBuilder text) {
    for (int n = random.nextInt(6) - 3; n > 0 && !text.isEmpty(); n--) {
      int at = random.nextInt(text.length());
      char c = DAMAGE.charAt(random.nextInt(DAMAGE.length()));
      switch (random.nextInt(7)) {
        case 0, 1 -> text.insert(at, c);
        case 2 -> text.setCharAt(at, c);
        case 3 -> text.deleteCharAt(at);
        case 4 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(6)));
        case 5 -> text.insert(at, SPLICES.get(random.nextInt(SPLICES.size())));
        default -> {
          int to = Math.min(text.length(), at + random.nextInt(20));
          text.insert(random.nextInt(text.length()), text.substring(at, to));
        }
      }
    }
  }
}
