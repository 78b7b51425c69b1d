package dev.undercloud.edge.http2;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** A request's pseudo-header fields (RFC 9113, 8.3.1; RFC 8441, 4). Reused. */
final class PseudoFields {
  static final AsciiString METHOD = AsciiString.cached(":method");
  static final AsciiString SCHEME = AsciiString.cached(":scheme");
  static final AsciiString PATH = AsciiString.cached(":path");
  static final AsciiString AUTHORITY = AsciiString.cached(":authority");
  static final AsciiString PROTOCOL = AsciiString.cached(":protocol");
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString OPTIONS = AsciiString.cached("OPTIONS");
  private static final AsciiString ASTERISK = AsciiString.cached("*");
  private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");

  AsciiString method = AsciiString.EMPTY_STRING;
  AsciiString path = AsciiString.EMPTY_STRING;
  @Nullable AsciiString authority;

  /** The method is CONNECT. */
  boolean connect;

  boolean webSocket;

  /** How many there are: they come first. */
  int count;

  private @Nullable AsciiString scheme;
  private @Nullable AsciiString protocol;

  /** Reads and checks; null or what is wrong. */
  @Nullable String read(FieldList fields) {
    method = path = AsciiString.EMPTY_STRING;
    authority = scheme = protocol = null;
    connect = webSocket = false;
    count = 0;
    while (count < fields.size() && fields.name(count).startsWith(":")) {
      if (!take(fields.name(count), fields.value(count))) {
        return "a pseudo-header field is unknown, empty, repeated or holds white space";
      }
      count++;
    }
    return check();
  }

  private boolean take(AsciiString name, AsciiString value) {
    if (!Chars.isWord(value)) {
      return false;
    }
    if (name.contentEquals(METHOD)) {
      boolean first = method.isEmpty();
      method = value;
      return first;
    }
    if (name.contentEquals(PATH)) {
      boolean first = path.isEmpty();
      path = value;
      return first;
    }
    if (name.contentEquals(AUTHORITY)) {
      boolean first = authority == null;
      authority = value;
      return first;
    }
    if (name.contentEquals(SCHEME)) {
      boolean first = scheme == null;
      scheme = value;
      return first;
    }
    if (name.contentEquals(PROTOCOL)) {
      boolean first = protocol == null;
      protocol = value;
      return first;
    }
    return false;
  }

  private @Nullable String check() {
    if (method.isEmpty()) {
      return "there is no ':method'";
    }
    connect = method.contentEquals(CONNECT);
    if (protocol != null && (!connect || authority == null)) {
      return "':protocol' is only for CONNECT with ':authority'";
    }
    if (connect && protocol == null) {
      boolean plain = scheme == null && path.isEmpty() && authority != null;
      return plain ? null : "CONNECT has ':authority', and neither ':scheme' nor ':path'";
    }
    if (scheme == null || path.isEmpty()) {
      return "there is no ':scheme' or no ':path'";
    }
    if (!scheme.contentEqualsIgnoreCase("http") && !scheme.contentEqualsIgnoreCase("https")) {
      return "':scheme' is neither 'http' nor 'https'";
    }
    boolean asterisk = path.contentEquals(ASTERISK) && method.contentEquals(OPTIONS);
    if (path.byteAt(0) != '/' && !asterisk) {
      return "':path' does not begin with '/'";
    }
    webSocket = protocol != null && protocol.contentEquals(WEBSOCKET);
    return null;
  }
}
