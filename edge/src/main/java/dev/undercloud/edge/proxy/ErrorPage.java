package dev.undercloud.edge.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An {@link Answer} as bytes of HTTP/1.1: HTML for browsers, problem details (RFC 9457) for who
 * asks for JSON, plain text for everybody else. Never on the path of a request that goes well.
 */
final class ErrorPage {
  /** What the client can read. */
  enum Format {
    HTML("text/html; charset=utf-8"),
    JSON("application/problem+json"),
    TEXT("text/plain; charset=utf-8"),
    /** Trailers alone, by HTTP/2. */
    GRPC("application/grpc");

    private final String type;

    Format(String type) {
      this.type = type;
    }

    static Format of(boolean prefersJson, boolean takesHtml) {
      return prefersJson ? JSON : takesHtml ? HTML : TEXT;
    }
  }

  private static final int NO_CONTENT = 204;

  private ErrorPage() {}

  /** The whole response. */
  static byte[] response(
      Answer answer, Format format, String requestId, boolean keepAlive, boolean head) {
    if (format == Format.GRPC) {
      return GrpcAnswer.response(answer, requestId);
    }
    boolean own = answer.page() != null && format != Format.JSON;
    String page = own ? answer.page() : body(answer, format, requestId);
    byte[] body = (page == null ? "" : page).getBytes(StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder(256);
    text.append("HTTP/1.1 ").append(answer.status()).append(' ').append(answer.reason());
    if (answer.status() == NO_CONTENT) {
      body = new byte[0];
    } else {
      text.append("\r\nContent-Type: ").append(own ? Format.HTML.type : format.type);
      text.append("\r\nContent-Length: ").append(body.length);
    }
    text.append("\r\nCache-Control: no-store");
    text.append("\r\nX-Content-Type-Options: nosniff");
    for (String field : answer.fields()) {
      text.append("\r\n").append(field);
    }
    if (format == Format.HTML && !own && body.length > 0) {
      text.append("\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'");
    }
    if (answer.retryAfter() > 0) {
      text.append("\r\nRetry-After: ").append(answer.retryAfter());
    }
    if (!keepAlive) {
      text.append("\r\nConnection: close");
    }
    text.append("\r\nX-Request-Id: ").append(requestId).append("\r\n\r\n");
    byte[] first = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    if (head) {
      return first;
    }
    byte[] whole = new byte[first.length + body.length];
    System.arraycopy(first, 0, whole, 0, first.length);
    System.arraycopy(body, 0, whole, first.length, body.length);
    return whole;
  }

  private static String body(Answer answer, Format format, String requestId) {
    return switch (format) {
      case HTML -> html(answer, requestId);
      case JSON -> json(answer, requestId);
      case TEXT, GRPC -> text(answer, requestId);
    };
  }

  private static String text(Answer answer, String requestId) {
    return "%d %s: %s.%n%s.%n%s%nRequest %s%n"
        .formatted(
            answer.status(),
            answer.reason(),
            answer.title(),
            answer.why(),
            answer.remedy(),
            requestId)
        .replace("\r\n", "\n");
  }

  private static String json(Answer answer, String requestId) {
    StringBuilder out = new StringBuilder("{");
    field(out, "type", "urn:undercloud:problem:" + answer.code());
    field(out, "title", answer.title());
    out.append("\"status\":").append(answer.status()).append(',');
    field(out, "detail", answer.why() + ".");
    field(out, "remedy", answer.remedy());
    if (answer.app() != null) {
      field(out, "app", answer.app());
    }
    if (answer.replica() != null) {
      field(out, "replica", answer.replica());
    }
    field(out, "request_id", requestId);
    out.setCharAt(out.length() - 1, '}');
    return out.append('\n').toString();
  }

  private static void field(StringBuilder out, String name, String value) {
    out.append('"').append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append("\",");
  }

  private static String html(Answer answer, String requestId) {
    String about = answer.app() == null ? "" : "<dt>App</dt><dd>" + escape(answer.app()) + "</dd>";
    if (answer.replica() != null) {
      about += "<dt>Replica</dt><dd>" + escape(answer.replica()) + "</dd>";
    }
    return PAGE.formatted(
        escape(answer.title()),
        answer.status(),
        escape(answer.title()),
        escape(answer.why()),
        marked(answer.remedy()),
        about,
        requestId);
  }

  /** Escaped, with {@code `commands`} set as code. */
  private static String marked(String text) {
    return escape(text).replaceAll("`([^`]*)`", "<code>$1</code>");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="robots" content="noindex">
      <title>%s</title>
      <style>
      :root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6675; --paper: #f6f7f9; --card: #fff; --line: #dde2e8; --accent: #b4232c }
      @media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --soft: #9aa6b4; --paper: #12161c; --card: #1a2029; --line: #2b3440; --accent: #ff8a80 } }
      * { box-sizing: border-box }
      body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
      main { max-width: 34rem; width: 100%%; padding: 2.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px }
      .status { margin: 0; color: var(--accent); font-weight: 650; letter-spacing: .04em }
      h1 { margin: .2rem 0 1rem; font-size: 1.6rem; line-height: 1.25 }
      p { margin: 0 0 1rem }
      code { padding: .1em .35em; border-radius: 5px; background: var(--paper); font-size: .9em; overflow-wrap: anywhere }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1.5rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: .9rem }
      dt { color: var(--soft) }
      dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere }
      </style>
      </head>
      <body>
      <main>
      <p class="status">%d</p>
      <h1>%s</h1>
      <p>%s.</p>
      <p>%s</p>
      <dl>%s<dt>Request</dt><dd>%s</dd></dl>
      </main>
      </body>
      </html>
      """;
}
