package dev.undercloud.edge.http2;

import io.netty.util.AsciiString;

/** Names that HTTP/2 treats apart. */
final class FieldNames {
  static final AsciiString COOKIE = AsciiString.cached("cookie");
  static final AsciiString HOST = AsciiString.cached("host");
  static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
  static final AsciiString WEBSOCKET_KEY = AsciiString.cached("sec-websocket-key");

  static final AsciiString WEBSOCKET_ACCEPT = AsciiString.cached("sec-websocket-accept");
  static final AsciiString TE = AsciiString.cached("te");
  static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString[] OF_CONNECTION = {
    AsciiString.cached("connection"),
    AsciiString.cached("keep-alive"),
    AsciiString.cached("proxy-connection"),
    AsciiString.cached("transfer-encoding"),
    AsciiString.cached("upgrade"),
  };

  private FieldNames() {}

  /** Whether RFC 9113, 8.2.2 makes a message with this field malformed. */
  static boolean isOfConnection(AsciiString name, AsciiString value) {
    return isOfConnection(name)
        || name.length() == 2 && name.contentEquals(TE) && !value.contentEqualsIgnoreCase(TRAILERS);
  }

  static boolean isOfConnection(AsciiString name) {
    int length = name.length();
    if (length != 7 && length != 10 && length < 16) {
      return false;
    }
    for (AsciiString each : OF_CONNECTION) {
      if (each.length() == length && name.contentEquals(each)) {
        return true;
      }
    }
    return false;
  }
}
