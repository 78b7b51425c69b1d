package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.unit.ByteSize;
import java.util.ArrayList;
import java.util.List;
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
 * @param fields more header lines, without their ends
 * @param page HTML of the user's own in place of ours; null for ours
 * @param by which rule or trouble it comes from
 */
record Answer(
    int status,
    String code,
    String title,
    String why,
    String remedy,
    int retryAfter,
    @Nullable String app,
    @Nullable String replica,
    List<String> fields,
    @Nullable String page,
    AnsweredBy by) {

  Answer(
      AnsweredBy by,
      int status,
      String code,
      String title,
      String why,
      String remedy,
      int retryAfter,
      @Nullable String app,
      @Nullable String replica) {
    this(status, code, title, why, remedy, retryAfter, app, replica, List.of(), null, by);
  }

  private static final String MAINTENANCE = "maintenance";
  private static final String LATER = "Try again in a moment.";
  private static final String OPERATOR =
      " If this is your app, `undercloud logs` and `undercloud status` show what it is doing.";

  /** A route of files has none of that name. */
  static Answer noFile(App app) {
    return new Answer(
        AnsweredBy.NO_FILE,
        404,
        "no-such-file",
        "There is no such file",
        "The folder of files that is served here has none of that name",
        "Check the address; names that begin with a dot and links are never served.",
        0,
        app.name(),
        null);
  }

  /** The client's request itself is at fault. */
  static Answer refused(int status, String why) {
    return new Answer(
        status == 408 ? AnsweredBy.TIMEOUT : AnsweredBy.MALFORMED,
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
        AnsweredBy.NO_HOST,
        404,
        "unknown-host",
        "There is nothing here",
        "No app is served under this name",
        "Check the address; if the app is yours, `undercloud status` prints its URL.",
        0,
        null,
        null);
  }

  /** The connection was made for another app, or without what this one asks of clients. */
  static Answer misdirected() {
    return new Answer(
        AnsweredBy.MISDIRECTED,
        421,
        "misdirected",
        title(421),
        "The TLS connection was made for another name, with other rules",
        "Connect anew with this name; browsers do so by themselves.",
        0,
        null,
        null);
  }

  /**
   * The connection began with a PROXY protocol header, or without, and the app wants it otherwise.
   */
  static Answer wrongBeginning(boolean header) {
    return new Answer(
        AnsweredBy.MISDIRECTED,
        421,
        "misdirected",
        title(421),
        header
            ? "The connection began with a PROXY protocol header, which this app does not take from that peer"
            : "The connection began without the PROXY protocol header that this app wants of that peer",
        "Have the balancer send the header on connections for the apps that want it, and on no others.",
        0,
        null,
        null);
  }

  /** A host that is served encrypted alone. */
  static Answer insecure() {
    return new Answer(
        AnsweredBy.HTTPS_ONLY,
        403,
        "https-only",
        "This is served by HTTPS alone",
        "The request came unencrypted",
        "Ask for it with https.",
        0,
        null,
        null);
  }

  static Answer noReplica(App app, String why) {
    return new Answer(
        AnsweredBy.NO_REPLICA,
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
        AnsweredBy.OVERLOAD,
        503,
        "busy",
        "The app is busy",
        why,
        LATER + OPERATOR,
        retryAfter,
        app.name(),
        null);
  }

  /** Asking the app is not worth it for a while. */
  static Answer failing(App app, int retryAfter) {
    return new Answer(
        AnsweredBy.CIRCUIT,
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
        AnsweredBy.BAD_GATEWAY,
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
        AnsweredBy.TIMEOUT,
        504,
        "upstream-timeout",
        "The app took too long",
        why,
        LATER + OPERATOR,
        0,
        app.name(),
        replica);
  }

  /** The client wants what is stored or nothing (RFC 9111, 5.2.1.7). */
  static Answer notStored() {
    return new Answer(
        AnsweredBy.NOT_STORED,
        504,
        "not-stored",
        "There is no stored response",
        "The request asks for a stored response alone, and none fits",
        "Ask without only-if-cached to have it from the app.",
        0,
        null,
        null);
  }

  /** A limit on connections is reached. */
  static Answer crowded(String why) {
    return new Answer(
        AnsweredBy.OVERLOAD,
        503,
        "too-many-connections",
        "Too many connections",
        why,
        LATER,
        5,
        null,
        null);
  }

  /** The path cannot be understood in one way. */
  static Answer badPath(App app, String why) {
    return new Answer(
        AnsweredBy.MALFORMED,
        400,
        "bad-path",
        "The request was refused",
        why,
        "Write the path as RFC 3986 does; nothing was passed to the app.",
        0,
        app.name(),
        null);
  }

  static Answer maintenance(App app, int retryAfter, @Nullable String page) {
    return new Answer(
        503,
        MAINTENANCE,
        "Closed for maintenance",
        app.name() + " is being worked on and will be back",
        "Come back a little later.",
        retryAfter,
        app.name(),
        null,
        List.of(),
        page,
        AnsweredBy.MAINTENANCE);
  }

  static Answer forbidden(App app) {
    return new Answer(
        AnsweredBy.ADDRESS,
        403,
        "address-refused",
        "This is not open to you",
        "A rule of " + app.name() + " refuses requests from your address",
        "If you should get in, ask who runs it.",
        0,
        app.name(),
        null);
  }

  static Answer unauthorized(App app, String challenge) {
    return new Answer(
            AnsweredBy.PASSWORD,
            401,
            "password-needed",
            "A name and a password are needed",
            "This part of " + app.name() + " is protected",
            "Give the name and password that you were told.",
            0,
            app.name(),
            null)
        .with(List.of("WWW-Authenticate: " + challenge));
  }

  /** Too many ask whether their passwords are right. */
  static Answer passwordsBusy(App app) {
    return new Answer(
        AnsweredBy.PASSWORD_LIMIT,
        503,
        "passwords-busy",
        "Too many passwords at once",
        "Many passwords are being checked just now",
        LATER,
        2,
        app.name(),
        null);
  }

  static Answer tooManyTries(App app) {
    return new Answer(
        AnsweredBy.PASSWORD_LIMIT,
        429,
        "too-many-passwords",
        "Too many passwords were tried",
        "Your address has tried many passwords in a short time",
        "Wait a minute before the next one.",
        60,
        app.name(),
        null);
  }

  static Answer limited(App app, String rate, int retryAfter) {
    return new Answer(
        AnsweredBy.RATE_LIMIT,
        429,
        "rate-limited",
        "Too many requests",
        "The limit here is " + rate,
        "Wait " + retryAfter + " s before the next one.",
        retryAfter,
        app.name(),
        null);
  }

  static Answer tooLarge(@Nullable String app, long most) {
    return new Answer(
        AnsweredBy.BODY_LIMIT,
        413,
        "body-too-large",
        "The request is too large",
        "A request may have a body of at most " + new ByteSize(most) + " here",
        "Send less at once.",
        0,
        app,
        null);
  }

  static Answer redirect(App app, int status, String to) {
    return new Answer(
            AnsweredBy.REDIRECT,
            status,
            "moved",
            "It is at another address",
            "A rule of " + app.name() + " sends you on",
            "Follow " + to,
            0,
            app.name(),
            null)
        .with(List.of("Location: " + to));
  }

  /** To a preflight: fields alone. */
  static Answer preflight(App app, List<String> fields) {
    return new Answer(
            AnsweredBy.PREFLIGHT, 204, "preflight", "Preflight", "CORS", "", 0, app.name(), null)
        .with(fields);
  }

  /** With more header lines. */
  Answer with(List<String> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(fields);
    all.addAll(more);
    return new Answer(
        status, code, title, why, remedy, retryAfter, app, replica, List.copyOf(all), page, by);
  }

  /** The same for another reason. */
  Answer by(AnsweredBy other) {
    return new Answer(
        status, code, title, why, remedy, retryAfter, app, replica, fields, page, other);
  }

  /** Whether something does not work, which belongs into a log. */
  boolean isFailure() {
    return status >= 500 && !code.equals(MAINTENANCE);
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
      case 204 -> "No Content";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 417 -> "Expectation Failed";
      case 421 -> "Misdirected Request";
      case 429 -> "Too Many Requests";
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
