package dev.undercloud.edge.http1;

import java.util.Random;

/** Makes request heads, mostly valid ones, and damages some of them. */
final class RequestMaker {
  private static final String[] METHODS = {
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "PROPFIND",
    "M-SEARCH",
    "CONNECT",
    "TRACE",
    "get",
    "G"
  };
  private static final String[] TARGETS = {
    "/",
    "/",
    "/",
    "/a/b?c=d",
    "*",
    "//x",
    "/%00",
    "/a|b",
    "http://b.localhost/x",
    "http://b",
    "https://b:81?q",
    "http://u@b/",
    "http:///",
    "a",
    "/\\",
    "HTTP://[::1]:80/",
    "http://b:99999/"
  };
  private static final String[] VERSIONS = {
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/1.2",
    "http/1.1"
  };
  private static final String[] HOSTS = {
    "a",
    "a",
    "a.localhost",
    "a.localhost:8080",
    "A.b.",
    "[::1]",
    "[2001:db8::1]:80",
    "a_b",
    "a,b",
    "a/b",
    "u@a",
    "",
    "a:0",
    "a:65535",
    "a:65536",
    "[::1",
    "a..b",
    "[1:2:3:4:5:6:7:8:9:a]"
  };
  private static final String[] FIELDS = {
    "X: y",
    "X:y",
    "X:",
    "X: \t y \t ",
    "Accept: */*",
    "Accept: text/html;q=0.1, application/json",
    "Cookie: a=b; c=d",
    "User-Agent: \u00e9\u00ff",
    "Content-Length: 5",
    "Content-Length: 0",
    "content-length:\t12 ",
    "Content-Length: 5, 5",
    "Content-Length: +5",
    "Content-Length: 007",
    "Content-Length: 1234567890123456789",
    "Transfer-Encoding: chunked",
    "transfer-encoding:CHUNKED",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: chunked ",
    "Connection: close",
    "Connection: keep-alive",
    "Connection: X, Y",
    "Connection: ,",
    "Connection: upgrade, close",
    "Connection: host",
    "Connection: a b",
    "Connection: x-forwarded-for",
    "Upgrade: websocket",
    "Upgrade: h2c",
    "Expect: 100-continue",
    "Expect: x",
    "TE: trailers",
    "Keep-Alive: 5",
    "Proxy-Connection: x",
    "Host: b",
    "X-Forwarded-For: 6.6.6.6",
    "X_Forwarded_For: 6.6.6.6",
    "Forwarded: for=6.6.6.6",
    "X-Request-Id: 6",
    "Content_Length: 9",
    "Transfer-Encoding : chunked",
    " folded: x",
    "nocolon",
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate: a=b",
    "Y: 1",
    "X-Keep: 2",
    "Trailer: X"
  };
  private static final String DAMAGE =
      "\r\n\t :,;=/?#@[]\0\u0001\u000b\u001f\u007f\u0080\u00ff\"\\_0x5aZ+-.";

  private final Random random;

  RequestMaker(long seed) {
    random = new Random(seed);
  }

  String next() {
    StringBuilder text = new StringBuilder();
    if (random.nextInt(50) == 0) {
      text.append("\r\n");
    }
    text.append(one(METHODS))
        .append(' ')
        .append(one(TARGETS))
        .append(' ')
        .append(one(VERSIONS))
        .append("\r\n");
    int fields = random.nextInt(6);
    int hostAt = random.nextInt(20) == 0 ? -1 : random.nextInt(fields + 1);
    for (int i = 0; i <= fields; i++) {
      if (i == hostAt) {
        text.append("Host: ").append(one(HOSTS)).append("\r\n");
      }
      if (i < fields) {
        text.append(one(FIELDS)).append("\r\n");
      }
    }
    text.append("\r\n");
    if (random.nextInt(4) == 0) {
      text.append("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    for (int damages = random.nextInt(5) - 2; damages > 0; damages--) {
      damage(text);
    }
    return text.toString();
  }

  /** The first choices are the likelier ones. */
  private String one(String[] choices) {
    return choices[Math.min(random.nextInt(choices.length), random.nextInt(choices.length))];
  }

  private void damage(StringBuilder text) {
    int at = random.nextInt(text.length());
    char c = DAMAGE.charAt(random.nextInt(DAMAGE.length()));
    switch (random.nextInt(6)) {
      case 0, 1 -> text.insert(at, c);
      case 2 -> text.setCharAt(at, c);
      case 3 -> text.deleteCharAt(at);
      case 4 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
      default -> {
        int to = Math.min(text.length(), at + random.nextInt(12));
        text.insert(random.nextInt(text.length()), text.substring(at, to));
      }
    }
    if (text.isEmpty()) {
      text.append(c);
    }
  }
}
