package dev.undercloud.core.telemetry;

/** Who made the response of an exchange, and by which of its rules where that was the edge. */
public enum AnsweredBy {
  /** A replica of the app. */
  APP("app"),
  /** The edge, from the HTTP cache. */
  CACHE("cache"),
  /** The edge, with a file. */
  FILE("file"),
  /** A folder of files has none of that name. */
  NO_FILE("no file"),
  /** A route sends elsewhere. */
  REDIRECT("redirect"),
  /** Plain HTTP is sent to HTTPS. */
  TO_HTTPS("redirect to HTTPS"),
  /** A CORS preflight, which goes to no app. */
  PREFLIGHT("CORS preflight"),
  /** The app is closed. */
  MAINTENANCE("maintenance"),
  /** A route's rate limit. */
  RATE_LIMIT("rate limit"),
  /** A route's list of addresses. */
  ADDRESS("address rule"),
  /** A name and a password were missing or wrong. */
  PASSWORD("password"),
  /** Too many passwords were tried, or are being checked. */
  PASSWORD_LIMIT("password limit"),
  /** A route's limit of request bodies. */
  BODY_LIMIT("body limit"),
  /** The request is malformed or ambiguous. */
  MALFORMED("malformed request"),
  /** Nobody answers to that host. */
  NO_HOST("unknown host"),
  /** It came by a connection made for another host. */
  MISDIRECTED("TLS host"),
  /** The host is served encrypted alone. */
  HTTPS_ONLY("HTTPS only"),
  /** What an ACME authority came to look at. */
  ACME("ACME challenge"),
  /** The client wants a stored response or none, and none fits. */
  NOT_STORED("cache, nothing stored"),
  /** No replica is in service. */
  NO_REPLICA("no replica"),
  /** More is asked than the app can answer. */
  OVERLOAD("overload"),
  /** The app failed so often that it is left alone for a moment. */
  CIRCUIT("circuit breaker"),
  /** Every replica that might be asked failed. */
  BAD_GATEWAY("failed replica"),
  /** A timeout. */
  TIMEOUT("timeout");

  private static final AnsweredBy[] ALL = values();

  private final String label;

  AnsweredBy(String label) {
    this.label = label;
  }

  /** In a word or two, for people: {@code rate limit}. */
  public String label() {
    return label;
  }

  /** Whether a rule kept the request from the app on purpose. */
  public boolean isRefusal() {
    return switch (this) {
      case RATE_LIMIT, ADDRESS, PASSWORD, PASSWORD_LIMIT, BODY_LIMIT, HTTPS_ONLY -> true;
      case APP, CACHE, FILE, NO_FILE, REDIRECT, TO_HTTPS, PREFLIGHT, MAINTENANCE -> false;
      case MALFORMED, NO_HOST, MISDIRECTED, ACME, NOT_STORED -> false;
      case NO_REPLICA, OVERLOAD, CIRCUIT, BAD_GATEWAY, TIMEOUT -> false;
    };
  }

  static AnsweredBy at(int ordinal) {
    return ALL[ordinal];
  }
}
