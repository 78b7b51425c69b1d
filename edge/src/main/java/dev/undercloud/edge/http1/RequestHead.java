package dev.undercloud.edge.http1;

import static dev.undercloud.edge.http1.Reject.is;

/**
 * Parses a request head (RFC 9112, 2 to 6) and holds what it found until the next parse: positions
 * are indexes into the array that was parsed. One for each event loop; it keeps nothing of a
 * connection.
 *
 * <p>A head is parsed from its first byte each time; more bytes never change a verdict. Feed it the
 * first bytes, and after {@link #MORE} only when another LF has arrived or {@link
 * HeadLimits#headBytes} are there: that bounds the work a client can cause byte by byte.
 */
public final class RequestHead {
  /** The head is not whole yet. */
  public static final int MORE = Reject.MORE;

  private static final byte[] VERSION = Octets.ascii("HTTP/");
  private static final byte[] CONTINUE = Octets.ascii("100-continue");
  private static final byte[] H2C = Octets.ascii("h2c");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] H2 = Octets.ascii("h2");
  private static final byte[] HTTP = Octets.ascii("http");
  private static final byte[] GRPC = Octets.ascii("application/grpc");
  private static final byte[] TRAILERS = Octets.ascii("trailers");

  public int methodAt;
  public int methodLength;

  /** The target as the client sent it. */
  public int targetAt;

  public int targetLength;

  /** The Host field's value, or an absolute target's authority; length 0 for HTTP/1.0 without. */
  public int hostAt;

  public int hostLength;

  /** With length 0 where there is none. */
  public int userAgentAt;

  public int userAgentLength;

  /** 0 or 1. */
  public int minor;

  /** Whether the client can take another response on this connection. */
  public boolean keepAlive;

  /** The declared length of the body; -1 where none is declared. */
  public long contentLength;

  public boolean chunked;

  /** The client waits for {@code 100 Continue} before it sends its body. */
  public boolean expectContinue;

  /** It asks for a tunnel: one protocol, not HTTP/2, and no body that could be mistaken for it. */
  public boolean upgrade;

  /** The protocol is WebSocket; only with {@link #upgrade}. */
  public boolean webSocket;

  /** The protocol, like {@code websocket}; only with {@link #upgrade}. */
  public int upgradeAt;

  public int upgradeLength;

  public boolean headMethod;

  /** GET, HEAD or OPTIONS. */
  public boolean safe;

  /** Safe, or PUT or DELETE: doing it twice does what doing it once does. */
  public boolean idempotent;

  /** Whether there is one valid traceparent; the four below are its parts. */
  public boolean traced;

  public long traceHigh;
  public long traceLow;
  public long parentSpan;
  public boolean sampled;

  /** Whether an error is better told in JSON (RFC 9457). */
  public boolean prefersJson;

  /** Its content is that of a gRPC call. */
  public boolean grpc;

  /** The client takes trailers behind the response (RFC 9110, 10.1.4). */
  public boolean takesTrailers;

  /** Whether HTML is asked for by name, as browsers do. */
  public boolean takesHtml;

  final RequestTarget target = new RequestTarget();
  final ConnectionOptions connection = new ConnectionOptions();
  public final FieldSection fields;
  boolean optionsMethod;
  int fieldsAt;

  private final HeadLimits limits;
  private final HostName host = new HostName();
  private final Framing framing = new Framing();
  private final TraceParent trace = new TraceParent();
  private int length;
  private int hosts;
  private int upgrades;

  public RequestHead(HeadLimits limits) {
    this.limits = limits;
    fields = new FieldSection(limits.fields());
  }

  /**
   * The host in lower case, without port and final dot, an IPv6 address in its brackets. Reused;
   * {@link #hostKeyLength} bytes of it count, 0 for HTTP/1.0 without Host.
   */
  public byte[] hostKey() {
    return host.key;
  }

  public int hostKeyLength() {
    return host.keyLength;
  }

  /** Of the whole head that was parsed last, with its empty line. */
  public int length() {
    return length;
  }

  /** Where path and query begin in the parsed bytes; an absolute target's authority lies before. */
  public int pathAt() {
    return target.pathAt;
  }

  /** With the query; 0 where the target is an authority alone. */
  public int pathLength() {
    return target.pathLength;
  }

  /** Writes path and query as a replica gets them; the index behind them. */
  public int path(byte[] in, byte[] out, int o) {
    if (target.pathLength == 0) {
      out[o++] = (byte) (optionsMethod ? '*' : '/');
    } else if (target.slashMissing) {
      out[o++] = '/';
    }
    return Octets.put(in, target.pathAt, target.pathAt + target.pathLength, out, o);
  }

  /** The length of {@link #path}, or one more. */
  public int pathRoom() {
    return target.pathLength + 1;
  }

  /** Whether the method is OPTIONS. */
  public boolean options() {
    return optionsMethod;
  }

  /**
   * The next field with a name.
   *
   * @param in the bytes that were parsed
   * @param lower the name, in lower case
   * @param after the field behind which to look; -1 for the first
   * @return a number for {@link #valueAt}, or -1
   */
  public int field(byte[] in, byte[] lower, int after) {
    for (int f = after + 1; f < fields.count; f++) {
      if (Octets.equal(in, fields.start[f], fields.nameEnd[f] - fields.start[f], lower)) {
        return f;
      }
    }
    return -1;
  }

  /** How many field lines there are. */
  public int fieldCount() {
    return fields.count;
  }

  /** Whether field {@code f} of those in {@code in} has this lower-case name. */
  public boolean isField(int f, byte[] in, byte[] lower) {
    return fields.is(f, in, lower);
  }

  /** Where a field's value begins, without white space around it. */
  public int valueAt(int field) {
    return fields.value[field];
  }

  public int valueEnd(int field) {
    return fields.valueEnd[field];
  }

  /** Whether a body follows. */
  public boolean hasBody() {
    return chunked || contentLength > 0;
  }

  /**
   * Parses {@code in[from, to)}: the head's length with its empty line, {@link #MORE}, or a {@link
   * Reject#code}. Only a length fills the fields.
   */
  public int parse(byte[] in, int from, int to) {
    int end = Math.min(to, from + limits.headBytes());
    hostAt = userAgentAt = upgradeAt = from;
    int result = head(in, from, end);
    length = result - from;
    if (result == MORE && end - from == limits.headBytes()) {
      return Reject.HEAD_TOO_LARGE.code();
    }
    return result < 0 ? result : result - from;
  }

  private int head(byte[] in, int from, int end) {
    int line = skipEmptyLine(in, from, end);
    int i = line < 0 ? line : method(in, line, end);
    i = i < 0 ? i : target(in, i, end);
    i = i < 0 ? i : version(in, i, end);
    if (i < 0) {
      return i;
    }
    fieldsAt = i;
    i = fields.parse(in, i, end);
    if (i < 0) {
      return i;
    }
    int fault = meaning(in);
    return fault < 0 ? fault : i;
  }

  /** One empty line before a request comes from old clients, after a body (RFC 9112, 2.2). */
  private static int skipEmptyLine(byte[] in, int from, int end) {
    if (from == end) {
      return MORE;
    }
    if (in[from] == '\n') {
      return Reject.BARE_LF.code();
    }
    if (in[from] != '\r') {
      return from;
    }
    if (from + 1 == end) {
      return MORE;
    }
    return in[from + 1] == '\n' ? from + 2 : Reject.BARE_CR.code();
  }

  /** Index after the method's space, or a result below 0. */
  private int method(byte[] in, int from, int end) {
    int i = Octets.skip(in, from, end, Octets.METHOD);
    methodAt = from;
    methodLength = i - from;
    if (methodLength > limits.methodBytes()) {
      return Reject.METHOD.code();
    }
    if (i == end) {
      return MORE;
    }
    if (in[i] != ' ' || i == from) {
      boolean token = (Octets.classOf(in[i]) & Octets.TOKEN) != 0;
      return (token ? Reject.METHOD : Reject.REQUEST_LINE).code();
    }
    int fault = methodTraits(in);
    return fault < 0 ? fault : i + 1;
  }

  private int methodTraits(byte[] in) {
    headMethod = methodIs(in, "HEAD");
    optionsMethod = methodIs(in, "OPTIONS");
    safe = methodIs(in, "GET") || headMethod || optionsMethod;
    idempotent = safe || methodIs(in, "PUT") || methodIs(in, "DELETE");
    boolean refused = methodIs(in, "CONNECT") || methodIs(in, "TRACE");
    return refused ? Reject.METHOD_REFUSED.code() : 0;
  }

  private boolean methodIs(byte[] in, String name) {
    if (methodLength != name.length()) {
      return false;
    }
    for (int i = 0; i < methodLength; i++) {
      if (in[methodAt + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Index after the target's space, or a result below 0. */
  private int target(byte[] in, int from, int end) {
    int i = Octets.skip(in, from, end, Octets.TARGET);
    targetAt = from;
    targetLength = i - from;
    if (targetLength > limits.targetBytes()) {
      return Reject.TARGET_TOO_LONG.code();
    }
    if (i == end) {
      return MORE;
    }
    if (in[i] == '\r' || i == from) {
      return Reject.REQUEST_LINE.code();
    }
    if (in[i] != ' ') {
      return (in[i] == '\n' ? Reject.BARE_LF : Reject.TARGET_BYTE).code();
    }
    int fault = target.parse(in, from, i, optionsMethod);
    return fault < 0 ? fault : i + 1;
  }

  /** Index after the request line's CRLF, or a result below 0. */
  private int version(byte[] in, int from, int end) {
    int i = from;
    for (byte expected : VERSION) {
      if (i == end) {
        return MORE;
      }
      if (in[i++] != expected) {
        return Reject.VERSION.code();
      }
    }
    int seen = Math.min(end - i, 5);
    boolean sound =
        (seen < 1 || Octets.isDigit(in[i]))
            && (seen < 2 || in[i + 1] == '.')
            && (seen < 3 || Octets.isDigit(in[i + 2]));
    if (!sound) {
      return Reject.VERSION.code();
    }
    if (seen > 3 && in[i + 3] != '\r') {
      return (in[i + 3] == '\n' ? Reject.BARE_LF : Reject.VERSION).code();
    }
    if (seen < 5) {
      return MORE;
    }
    if (in[i + 4] != '\n') {
      return Reject.BARE_CR.code();
    }
    minor = in[i + 2] - '0';
    return in[i] == '1' && minor <= 1 ? i + 5 : Reject.VERSION_UNKNOWN.code();
  }

  /** Reads the fields that matter; 0 or a reject code. */
  private int meaning(byte[] in) {
    connection.clear();
    framing.clear();
    trace.clear();
    host.clear();
    hosts = upgrades = 0;
    hostLength = userAgentLength = 0;
    expectContinue = prefersJson = takesHtml = grpc = takesTrailers = false;
    for (int f = 0; f < fields.count; f++) {
      int fault = field(in, f);
      if (is(fault)) {
        return fault;
      }
    }
    int fault = framing.check(minor);
    fault = fault < 0 ? fault : checkHost(in);
    if (fault == 0) {
      conclude(in);
    }
    return fault;
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
      case HOST:
        if (++hosts > 1) {
          return Reject.SEVERAL_HOSTS.code();
        }
        hostAt = at;
        hostLength = end - at;
        return host.parse(in, at, end);
      case EXPECT:
        expectContinue = Octets.equal(in, at, end - at, CONTINUE);
        return expectContinue ? 0 : Reject.EXPECTATION.code();
      case UPGRADE:
        upgrades++;
        upgradeAt = at;
        upgradeLength = end - at;
        return 0;
      case TRACEPARENT:
        trace.add(in, at, end);
        return 0;
      case ACCEPT:
        prefersJson |= Accept.prefersJson(in, at, end);
        takesHtml |= Accept.takesHtml(in, at, end);
        return 0;
      case CONTENT_TYPE:
        grpc |= isGrpc(in, at, end);
        return 0;
      case TE:
        takesTrailers |= Octets.equal(in, at, end - at, TRAILERS);
        return 0;
      case USER_AGENT:
        userAgentAt = at;
        userAgentLength = end - at;
        return 0;
      default:
        return 0;
    }
  }

  /** Not gRPC-Web, which is HTTP like any other. */
  private static boolean isGrpc(byte[] in, int at, int end) {
    int behind = at + GRPC.length;
    return Octets.startsWith(in, at, end - at, GRPC)
        && (behind == end || in[behind] == '+' || in[behind] == ';');
  }

  private int checkHost(byte[] in) {
    if (hosts == 0 && minor == 1) {
      return Reject.NO_HOST.code();
    }
    if (target.authorityLength == 0) {
      return 0;
    }
    hostAt = target.authorityAt;
    hostLength = target.authorityLength;
    return host.parse(in, hostAt, hostAt + hostLength);
  }

  private void conclude(byte[] in) {
    contentLength = framing.contentLength;
    chunked = framing.chunked;
    keepAlive = minor == 1 ? !connection.close : connection.keepAlive && !connection.close;
    boolean body = chunked || contentLength > 0;
    expectContinue &= body && minor == 1;
    upgrade = connection.upgrade && upgrades == 1 && minor == 1 && !body && isTunnelProtocol(in);
    webSocket = upgrade && Octets.equal(in, upgradeAt, upgradeLength, WEBSOCKET);
    traced = trace.isValid();
    traceHigh = traced ? trace.traceHigh : 0;
    traceLow = traced ? trace.traceLow : 0;
    parentSpan = traced ? trace.span : 0;
    sampled = traced && trace.sampled;
  }

  /** One {@code name[/version]}, and no HTTP, whose requests would pass unseen by us. */
  private boolean isTunnelProtocol(byte[] in) {
    int end = upgradeAt + upgradeLength;
    int i = Octets.skip(in, upgradeAt, end, Octets.TOKEN);
    int name = i - upgradeAt;
    if (name == 0
        || Octets.equal(in, upgradeAt, name, H2C)
        || Octets.equal(in, upgradeAt, name, H2)
        || Octets.equal(in, upgradeAt, name, HTTP)) {
      return false;
    }
    if (i < end && in[i] == '/') {
      int version = i + 1;
      i = Octets.skip(in, version, end, Octets.TOKEN);
      return i == end && i > version;
    }
    return i == end;
  }
}
