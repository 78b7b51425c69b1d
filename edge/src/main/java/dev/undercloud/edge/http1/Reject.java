package dev.undercloud.edge.http1;

/**
 * Why a message was refused. For a request {@link #status} answers it, and the connection ends,
 * since nobody knows where the next message starts. For a response it is a 502 with the same words.
 */
public enum Reject {
  REQUEST_LINE(400, "the request line is not 'METHOD target HTTP/1.1'"),
  STATUS_LINE(400, "the status line is not 'HTTP/1.1 200 reason'"),
  BARE_LF(400, "a line ends with LF alone instead of CRLF"),
  BARE_CR(400, "a CR is not followed by LF"),
  CONTROL_BYTE(400, "a header field holds a NUL or another control character"),
  FIELD_NAME(400, "a header field's name holds a character that names cannot have"),
  SPACE_BEFORE_COLON(400, "there is white space between a header field's name and its colon"),
  FOLDED_LINE(400, "a header line starts with white space (obsolete line folding)"),
  METHOD(501, "the method is unknown; methods are upper-case words"),
  METHOD_REFUSED(501, "CONNECT and TRACE are not served here"),
  TARGET(400, "the request target is neither a path nor an http URL"),
  TARGET_BYTE(400, "the request target holds a space, '#', control or non-ASCII character"),
  TARGET_TOO_LONG(414, "the request target is too long"),
  VERSION(400, "the protocol version is malformed"),
  VERSION_UNKNOWN(505, "only HTTP/1.1 and HTTP/1.0 are spoken here"),
  HEAD_TOO_LARGE(431, "the head is too large"),
  TOO_MANY_FIELDS(431, "there are too many header fields"),
  NO_HOST(400, "there is no Host field"),
  SEVERAL_HOSTS(400, "there are several Host fields"),
  HOST(400, "the host is not a host name or address with an optional port"),
  CONTENT_LENGTH(400, "the Content-Length is not one decimal number"),
  SEVERAL_LENGTHS(400, "there are several Content-Length fields"),
  LENGTH_AND_CODING(400, "Content-Length and Transfer-Encoding contradict each other"),
  TRANSFER_ENCODING(400, "the Transfer-Encoding does not end in exactly one 'chunked'"),
  CODING_UNKNOWN(501, "only the transfer coding 'chunked' is understood"),
  CODING_IN_HTTP_10(400, "HTTP/1.0 has no Transfer-Encoding"),
  CONNECTION(400, "the Connection field is not a short list of names"),
  CONNECTION_NAMES_PROTECTED(400, "the Connection field names a field that is not for one hop"),
  EXPECTATION(417, "the only expectation known is '100-continue'"),
  BODY_IN_INTERIM(400, "an interim (1xx) response declares a body"),
  CHUNK_SIZE(400, "a chunk size is not 1 to 16 hexadecimal digits below 2^63"),
  CHUNK_EXTENSION(400, "a chunk extension is malformed or too long"),
  CHUNK_END(400, "a chunk does not end where its size says"),
  TRAILER(400, "a trailer field is malformed"),
  TRAILER_FORBIDDEN(400, "a trailer field may not be sent as a trailer"),
  TRAILERS_TOO_LARGE(431, "the trailers are too large or too many");

  private static final Reject[] ALL = values();

  /** What parsers return while the head is not whole; every {@link #code} is below it. */
  static final int MORE = -1;

  private final int status;
  private final String words;

  Reject(int status, String words) {
    this.status = status;
    this.words = words;
  }

  /** The response status for a request with this fault. */
  public int status() {
    return status;
  }

  /** The fault in words that fit after "because", without a full stop. */
  public String words() {
    return words;
  }

  /** What a parser returns for it: below -1. */
  public int code() {
    return -2 - ordinal();
  }

  /** Whether a parser's result is a reject rather than a length or MORE. */
  public static boolean is(int result) {
    return result < MORE;
  }

  /** The reject behind a parser's negative result. */
  public static Reject of(int code) {
    return ALL[-2 - code];
  }
}
