package dev.undercloud.edge.http2;

import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.RequestEdits;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.RequestRewriter;
import io.netty.util.AsciiString;
import java.util.Arrays;

/**
 * A request head as a replica gets it, written by us for HTTP/1.1, as the fields of HTTP/2 (RFC
 * 9113, 8.3.1): names in lower case, without what is only for a connection. Only what HPACK's
 * encoder calls is supported. One for each event loop, reused; so it must be encoded before the
 * next one is read.
 */
public final class RequestFields extends HeadFields {
  /** Of a client's head, of a route (each with its colon and end), and the edge's own. */
  private static final int MOST = HeadLimits.DEFAULT.fields() + RequestEdits.MOST_LINES / 5 + 16;

  /** As much as the edge may write. */
  private static final HeadLimits LIMITS =
      new HeadLimits(
          HeadLimits.DEFAULT.headBytes() + RequestRewriter.GROWTH,
          MOST,
          RequestEdits.MOST_PATH + HeadLimits.DEFAULT.targetBytes(),
          HeadLimits.DEFAULT.methodBytes());

  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString GET = AsciiString.cached("GET");
  private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");

  private final KnownFields known =
      new KnownFields(name ->
          FieldNames.isOfConnection(name)
              || name.equals(FieldNames.HOST)
              || name.equals(FieldNames.TE)
              || name.equals(FieldNames.WEBSOCKET_KEY));
  private AsciiString authority = AsciiString.EMPTY_STRING;

  /** What was read, as positions in the bytes it was read from. */
  public final RequestHead head = new RequestHead(LIMITS);

  public RequestFields() {
    super(MOST);
  }

  /**
   * Reads a head that was written by us, so that nothing about it is wrong.
   *
   * @param in a head with its empty line; what is behind it does not count
   * @param trailers whether the client takes trailers
   * @return the length of the head
   */
  public int read(byte[] in, int readable, boolean trailers) {
    int length = head.parse(in, 0, readable);
    if (length < 0) {
      throw new IllegalStateException("a request head of our own makes no sense: " + length);
    }
    begin();
    pseudo(in);
    FieldSection fields = head.fields;
    for (int f = 0; f < fields.count; f++) {
      KnownFields.Name name = known.name(in, fields.start[f], fields.nameEnd[f]);
      if (!name.dropped) {
        put(name.lower, name.value(in, fields.value[f], fields.valueEnd[f]));
      }
    }
    if (trailers) {
      put(FieldNames.TE, FieldNames.TRAILERS);
    }
    return length;
  }

  /** A WebSocket is asked for by CONNECT (RFC 8441, 4). */
  private void pseudo(byte[] in) {
    put(PseudoFields.METHOD, head.upgrade ? CONNECT : method(in));
    if (head.upgrade) {
      put(PseudoFields.PROTOCOL, WEBSOCKET);
    }
    put(PseudoFields.SCHEME, HTTP);
    put(PseudoFields.PATH, text(in, head.targetAt, head.targetLength));
    if (!same(authority, in, head.hostAt, head.hostLength)) {
      authority = text(in, head.hostAt, head.hostLength);
    }
    put(PseudoFields.AUTHORITY, authority);
  }

  private AsciiString method(byte[] in) {
    if (same(POST, in, head.methodAt, head.methodLength)) {
      return POST;
    }
    return same(GET, in, head.methodAt, head.methodLength)
        ? GET
        : text(in, head.methodAt, head.methodLength);
  }

  private static boolean same(AsciiString text, byte[] in, int at, int length) {
    int from = text.arrayOffset();
    return Arrays.equals(text.array(), from, from + text.length(), in, at, at + length);
  }

  private static AsciiString text(byte[] in, int at, int length) {
    return new AsciiString(in, at, length, true);
  }
}
