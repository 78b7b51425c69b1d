package dev.undercloud.edge.http1;

import static dev.undercloud.edge.http1.Reject.is;

/**
 * Parses a replica's response head (RFC 9112, 4 to 6) as strictly as a request, and holds what it
 * found until the next parse. A reject here is a 502: what the replica meant, nobody knows. One for
 * each event loop; feed it as {@link RequestHead}.
 */
public final class ResponseHead {
  /** The head is not whole yet. */
  public static final int MORE = Reject.MORE;

  /** How the body on the replica's side ends. */
  public enum Body {
    NONE,
    LENGTH,
    CHUNKED,
    /** With the connection. */
    UNTIL_CLOSE,
    /** With its stream of HTTP/2, which tells the end from a failure. */
    STREAM
  }

  private static final byte[] VERSION = Octets.ascii("HTTP/1.");

  private static final byte[] EVENT_STREAM = Octets.ascii("text/event-stream");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");

  /** Bytes of {@code HTTP/1.1 200}. */
  private static final int STATUS_END = 12;

  /** 100 to 999. */
  public int status;

  /** Of the replica's side: 0 or 1. */
  public int minor;

  /** A 1xx other than 101: the response proper is still to come. */
  public boolean interim;

  /**
   * The declared length; -1 where none is declared. With {@link Body#NONE} it may still be told.
   */
  public long contentLength;

  public Body body = Body.NONE;

  /**
   * Whether the connection to the replica may serve another request once the body has ended. False
   * too where a response that has no body declares one, since its bytes would be taken for the next
   * response.
   */
  public boolean reusable;

  /** There is no body, though no field says so: only the end of a stream of HTTP/2 does. */
  boolean endsUnsaid;

  /** Events, which may be silent for long and go on for ever. */
  public boolean eventStream;

  /** It names a protocol to change to, and that is in force where the status is 101. */
  public boolean upgrade;

  /** That protocol is WebSocket. */
  public boolean webSocket;

  public final FieldSection fields;
  final ConnectionOptions connection = new ConnectionOptions();
  public int reasonAt;
  public int reasonEnd;
  int fieldsAt;

  /** The Upgrade field, or -1. */
  int upgradeField;

  private final HeadLimits limits;
  private final Framing framing = new Framing();

  public ResponseHead(HeadLimits limits) {
    this.limits = limits;
    fields = new FieldSection(limits.fields());
  }

  /** How many field lines there are. */
  public int fieldCount() {
    return fields.count;
  }

  /** Whether field {@code f} of those in {@code in} has this lower-case name. */
  public boolean isField(int f, byte[] in, byte[] lower) {
    return fields.is(f, in, lower);
  }

  /** Where the value of field {@code f} begins, without blanks. */
  public int valueAt(int f) {
    return fields.value[f];
  }

  /** Where it ends. */
  public int valueEnd(int f) {
    return fields.valueEnd[f];
  }

  /**
   * Parses {@code in[from, to)}: the head's length with its empty line, {@link #MORE}, or a {@link
   * Reject#code}.
   *
   * @param toHead whether it answers a HEAD request, and so has no body
   */
  public int parse(byte[] in, int from, int to, boolean toHead) {
    int end = Math.min(to, from + limits.headBytes());
    int result = head(in, from, end, toHead);
    if (result == MORE && end - from == limits.headBytes()) {
      return Reject.HEAD_TOO_LARGE.code();
    }
    return result < 0 ? result : result - from;
  }

  /** Whether field {@code f} is for the hop it came over alone (RFC 9110, 7.6.1). */
  public boolean isForThisHop(byte[] in, int f) {
    return fields.names[f].dropFromResponse || connection.names(in, fields, f);
  }

  private int head(byte[] in, int from, int end, boolean toHead) {
    int i = statusLine(in, from, end);
    if (i < 0) {
      return i;
    }
    fieldsAt = i;
    i = fields.parse(in, i, end);
    if (i < 0) {
      return i;
    }
    int fault = meaning(in, toHead);
    return fault < 0 ? fault : i;
  }

  private int statusLine(byte[] in, int from, int end) {
    for (int k = 0; k < STATUS_END && from + k < end; k++) {
      if (!fits(in[from + k], k)) {
        return Reject.STATUS_LINE.code();
      }
    }
    int i = from + STATUS_END;
    if (i >= end) {
      return MORE;
    }
    minor = in[from + 7] - '0';
    status = (in[i - 3] - '0') * 100 + (in[i - 2] - '0') * 10 + in[i - 1] - '0';
    // Servers that have no reason to give often leave out the space before it as well.
    if (in[i] != ' ' && in[i] != '\r') {
      return (in[i] == '\n' ? Reject.BARE_LF : Reject.STATUS_LINE).code();
    }
    reasonAt = in[i] == ' ' ? i + 1 : i;
    reasonEnd = Octets.valueEnd(in, reasonAt, end);
    if (reasonEnd == end) {
      return MORE;
    }
    if (in[reasonEnd] != '\r') {
      return (in[reasonEnd] == '\n' ? Reject.BARE_LF : Reject.CONTROL_BYTE).code();
    }
    if (reasonEnd + 1 == end) {
      return MORE;
    }
    return in[reasonEnd + 1] == '\n' ? reasonEnd + 2 : Reject.BARE_CR.code();
  }

  /** Whether {@code c} may be byte {@code k} of {@code HTTP/1.1 200}. */
  private static boolean fits(byte c, int k) {
    return switch (k) {
      case 7 -> c == '0' || c == '1';
      case 8 -> c == ' ';
      case 9 -> c >= '1' && c <= '9';
      case 10, 11 -> Octets.isDigit(c);
      default -> c == VERSION[k];
    };
  }

  private int meaning(byte[] in, boolean toHead) {
    connection.clear();
    framing.clear();
    upgradeField = -1;
    eventStream = webSocket = endsUnsaid = false;
    for (int f = 0; f < fields.count; f++) {
      int fault = field(in, f);
      if (is(fault)) {
        return fault;
      }
    }
    int fault = framing.check(minor);
    if (fault != 0) {
      return fault;
    }
    contentLength = framing.contentLength;
    upgrade = upgradeField >= 0 && connection.upgrade;
    interim = status < 200 && status != 101;
    boolean declared = framing.chunked || contentLength > 0;
    if (status < 200 && declared) {
      return Reject.BODY_IN_INTERIM.code();
    }
    body = body(toHead);
    boolean keepAlive = minor == 1 ? !connection.close : connection.keepAlive && !connection.close;
    boolean dubious = body == Body.NONE && (framing.chunked || status == 204 && contentLength > 0);
    reusable = keepAlive && body != Body.UNTIL_CLOSE && !dubious && status != 101;
    return 0;
  }

  /**
   * The head that was parsed came by HTTP/2.
   *
   * @param ended whether the stream ended with it
   * @return whether that fits what its fields say of a body
   */
  public boolean ofStream(boolean ended) {
    if (body == Body.UNTIL_CLOSE) {
      body = ended ? Body.NONE : Body.STREAM;
      endsUnsaid = ended;
    }
    return body != Body.LENGTH || !ended;
  }

  private int field(byte[] in, int f) {
    int at = fields.value[f];
    int end = fields.valueEnd[f];
    switch (fields.names[f]) {
      case CONTENT_LENGTH:
        return framing.length(in, at, end);
      case TRANSFER_ENCODING:
        return framing.coding(in, at, end);
      case CONNECTION:
        return connection.add(in, at, end);
      case UPGRADE:
        upgradeField = f;
        webSocket = Octets.equal(in, at, end - at, WEBSOCKET);
        return 0;
      case CONTENT_TYPE:
        eventStream = Octets.startsWith(in, at, end - at, EVENT_STREAM);
        return 0;
      default:
        return 0;
    }
  }

  /** RFC 9112, 6.3. */
  private Body body(boolean toHead) {
    if (toHead || status < 200 || status == 204 || status == 304) {
      return Body.NONE;
    }
    if (framing.chunked) {
      return Body.CHUNKED;
    }
    if (contentLength < 0) {
      return Body.UNTIL_CLOSE;
    }
    return contentLength == 0 ? Body.NONE : Body.LENGTH;
  }
}
