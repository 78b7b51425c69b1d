package dev.undercloud.edge.proxy;

import java.nio.charset.StandardCharsets;

/**
 * An {@link Answer} to a gRPC call, which looks for its outcome in trailers: a response of nothing
 * but those ("Trailers-Only" in the gRPC over HTTP/2 specification).
 */
final class GrpcAnswer {
  private static final int INTERNAL = 13;
  private static final int UNAUTHENTICATED = 16;
  private static final int PERMISSION_DENIED = 7;
  private static final int UNIMPLEMENTED = 12;
  private static final int UNAVAILABLE = 14;
  private static final int UNKNOWN = 2;
  private static final int MILLIS = 1000;

  private GrpcAnswer() {}

  /** The whole response, as HTTP/1.1 would have it. */
  static byte[] response(Answer answer, String requestId) {
    StringBuilder text = new StringBuilder(256);
    text.append("HTTP/1.1 200 OK\r\nContent-Type: application/grpc");
    text.append("\r\ngrpc-status: ").append(status(answer.status()));
    text.append("\r\ngrpc-message: ");
    message(answer.title() + ": " + answer.why(), text);
    for (String field : answer.fields()) {
      text.append("\r\n").append(field);
    }
    if (answer.retryAfter() > 0) {
      // What gRPC's retries heed, as browsers do Retry-After.
      text.append("\r\ngrpc-retry-pushback-ms: ").append(answer.retryAfter() * MILLIS);
    }
    text.append("\r\nX-Request-Id: ").append(requestId).append("\r\n\r\n");
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** As gRPC's "HTTP to gRPC Status Code Mapping" has it. */
  static int status(int http) {
    return switch (http) {
      case 400 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> UNIMPLEMENTED;
      case 429, 502, 503, 504 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }

  /** Percent-encoded but for printable ASCII. */
  private static void message(String words, StringBuilder out) {
    for (byte each : words.getBytes(StandardCharsets.UTF_8)) {
      if (each >= ' ' && each <= '~' && each != '%') {
        out.append((char) each);
      } else {
        out.append(String.format("%%%02X", each & 0xff));
      }
    }
  }
}
