package dev.undercloud.edge.proxy;

import org.jspecify.annotations.Nullable;

/**
 * A response of the edge itself, in words: what happened, why, and what to do.
 *
 * @param status HTTP status
 * @param code stable, kebab-case: what scripts match on
 * @param title what happened, without full stop
 * @param why the cause in one sentence, without full stop
 * @param remedy what the reader can do, in whole sentences
 * @param retryAfter seconds for a Retry-After field; 0 for none
 * @param app the app it is about; null where none is
 * @param replica the replica it is about; null where none is
 */
record Answer(
    int status,
    String code,
    String title,
    String why,
    String remedy,
    int retryAfter,
    @Nullable String app,
    @Nullable String replica) {

  private static final String LATER = "Try again in a moment.";
  private static final String OPERATOR =
      " If this is your app, `undercloud logs` and `undercloud status` show what it is doing.";

  /** The client's request itself is at fault. */
  static Answer refused(int status, String why) {
    return new Answer(
        status,
        status == 408 ? "request-timeout" : "bad-request",
        title(status),
        why,
        "Send the request again as RFC 9112 writes it; nothing was passed to an app.",
        0,
        null,
        null);
  }

  /** No app has this host. Lists nothing: names of other apps are nobody's business. */
  static Answer unknownHost() {
    return new Answer(
        404,
        "unknown-host",
        "There is nothing here",
        "No app is served under this name",
        "Check the address; if the app is yours, `undercloud status` prints its URL.",
        0,
        null,
        null);
  }

  static Answer noReplica(App app, String why) {
    return new Answer(
        503,
        "no-replica",
        "The app is not ready",
        why.isBlank() ? "No replica of " + app.name() + " is in service" : why,
        LATER + OPERATOR,
        5,
        app.name(),
        null);
  }

  static Answer busy(App app, String why) {
    return overloaded(app, why, 1);
  }

  /** More is asked than the app can answer. */
  static Answer overloaded(App app, String why, int retryAfter) {
    return new Answer(
        503, "busy", "The app is busy", why, LATER + OPERATOR, retryAfter, app.name(), null);
  }

  /** Asking the app is not worth it for a while. */
  static Answer failing(App app, int retryAfter) {
    return new Answer(
        503,
        "circuit-open",
        "The app does not answer",
        "Hardly any of the last requests got an answer from it, so it is not asked for a moment",
        LATER + OPERATOR,
        retryAfter,
        app.name(),
        null);
  }

  static Answer badGateway(App app, @Nullable String replica, String why) {
    return new Answer(
        502,
        "bad-gateway",
        "The app did not answer properly",
        why,
        LATER + OPERATOR,
        0,
        app.name(),
        replica);
  }

  static Answer timeout(App app, @Nullable String replica, String why) {
    return new Answer(
        504,
        "upstream-timeout",
        "The app took too long",
        why,
        LATER + OPERATOR,
        0,
        app.name(),
        replica);
  }

  /** A limit on connections is reached. */
  static Answer crowded(String why) {
    return new Answer(
        503, "too-many-connections", "Too many connections", why, LATER, 5, null, null);
  }

  private static String title(int status) {
    return switch (status) {
      case 408 -> "The request took too long to arrive";
      case 414 -> "The request target is too long";
      case 417 -> "The expectation cannot be met";
      case 421 -> "This is not the server for that name";
      case 431 -> "The request head is too large";
      case 501 -> "That is not implemented here";
      case 505 -> "That version of HTTP is not spoken here";
      default -> "The request was refused";
    };
  }

  /** The reason phrase, for status lines. */
  String reason() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 414 -> "URI Too Long";
      case 417 -> "Expectation Failed";
      case 421 -> "Misdirected Request";
      case 431 -> "Request Header Fields Too Large";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      default -> "Error";
    };
  }
}
