package dev.undercloud.edge.http2;

import dev.undercloud.edge.http1.Edits;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * A response head of HTTP/1.1 as the fields of HTTP/2: names in lower case, without what is only
 * for a connection. Only what HPACK's encoder calls is supported. One for each event loop, reused;
 * so it must be encoded before the next one is read.
 */
public final class ResponseFields extends HeadFields {
  /** Fields of a head, and as many as fit into the bytes that the edge may add. */
  private static final int MOST = 100 + Edits.MOST_BYTES / 5 + 8;

  private static final int MOST_TRAILERS = 16;
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final AsciiString STATUS = PseudoHeaderName.STATUS.value();
  private static final int STATUSES = 1000;

  private final KnownFields known =
      new KnownFields(
          name -> FieldNames.isOfConnection(name) || name.equals(FieldNames.WEBSOCKET_ACCEPT));
  private final @Nullable AsciiString[] statuses = new @Nullable AsciiString[STATUSES];

  public ResponseFields() {
    super(MOST);
  }

  /**
   * Reads a head that was written by us, so that nothing about it is wrong.
   *
   * @param status what the client is told; the head's own, but for tunnels
   */
  public void read(byte[] head, int length, int status) {
    only(status);
    int i = STATUS_AT;
    while (head[i++] != '\n') {
      // The reason phrase has no place in HTTP/2.
    }
    while (i < length && head[i] != '\r') {
      i = line(head, i);
    }
  }

  /** Field lines without a status, as fields that may be kept. */
  public Http2Headers trailers(byte[] lines, int length) {
    begin();
    int i = 0;
    while (i < length) {
      i = line(lines, i);
    }
    Http2Headers kept = new DefaultHttp2Headers(false, MOST_TRAILERS);
    for (int k = 0; k < size(); k++) {
      kept.add(nameAt(k), valueAt(k));
    }
    return kept;
  }

  /** The status that a head says. */
  public static int status(byte[] head) {
    return (head[STATUS_AT] - '0') * 100
        + (head[STATUS_AT + 1] - '0') * 10
        + head[STATUS_AT + 2]
        - '0';
  }

  /** Whether another response follows. */
  public boolean isInterim() {
    return valueAt(0).charAt(0) == '1';
  }

  /** Fields of an interim response without any. */
  public void only(int status) {
    begin();
    put(STATUS, text(status));
  }

  private AsciiString text(int status) {
    AsciiString text = statuses[status];
    if (text == null) {
      text = new AsciiString(Integer.toString(status));
      statuses[status] = text;
    }
    return text;
  }

  /** Index after the line. */
  private int line(byte[] head, int from) {
    int colon = from;
    while (head[colon] != ':') {
      colon++;
    }
    int value = colon + 1;
    while (head[value] == ' ' || head[value] == '\t') {
      value++;
    }
    int next = value;
    while (head[next] != '\n') {
      next++;
    }
    int end = next - 1;
    while (end > value && (head[end - 1] == ' ' || head[end - 1] == '\t')) {
      end--;
    }
    KnownFields.Name name = known.name(head, from, colon);
    if (!name.dropped) {
      put(name.lower, name.value(head, value, Math.max(value, end)));
    }
    return next + 1;
  }

  @Override
  public CharSequence status() {
    return valueAt(0);
  }
}
