package dev.undercloud.edge.http1;

import static dev.undercloud.edge.http1.Octets.ascii;
import static dev.undercloud.edge.http1.Octets.put;

import dev.undercloud.core.id.Hex;

/**
 * Writes the head that the client gets for a parsed response, and decides how the body travels to
 * it. One for each event loop: its results hold until the next write.
 */
public final class ResponseRewriter {
  /** The most by which a head can grow; {@code out} needs the head's length and this. */
  public static final int GROWTH = 512;

  /** How the body's bytes go from replica to client. */
  public enum Transfer {
    /** As they come, framing included. */
    VERBATIM,
    /** Each run of bytes becomes a chunk: the body ends before the client's connection does. */
    CHUNK,
    /**
     * Only the payload of chunks: the client speaks HTTP/1.0, and the end of the connection ends
     * it.
     */
    DECHUNK
  }

  private static final byte[] VERSION = ascii("HTTP/1.1 ");
  private static final byte[] LENGTH = ascii("Content-Length: ");
  private static final byte[] EMPTY = ascii("Content-Length: 0\r\n");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CONNECTION = ascii("Connection: ");
  private static final byte[] CLOSE = ascii("close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("keep-alive\r\n");
  private static final byte[] UPGRADE = ascii("Upgrade\r\nUpgrade: ");
  private static final byte[] CLOSE_UPGRADE = ascii("close, Upgrade\r\nUpgrade: ");
  private static final byte[] REQUEST_ID = ascii("X-Request-Id: ");
  private static final byte[] CRLF = ascii("\r\n");
  private static final int UPGRADE_REQUIRED = 426;

  /** How the body travels; without meaning where {@link ResponseHead#body} is NONE. */
  public Transfer transfer = Transfer.VERBATIM;

  /** Whether the client's connection stays open after this response. */
  public boolean keepAlive;

  /**
   * Writes the head to {@code out} from its start.
   *
   * @param in the bytes that {@code head} was parsed from
   * @param clientMinor the client's minor version
   * @param clientKeepAlive whether client and edge would keep the connection
   * @param id the request id
   * @param edits what else is changed of a final response
   * @return the length written
   */
  public int write(
      ResponseHead head,
      byte[] in,
      int clientMinor,
      boolean clientKeepAlive,
      long id,
      Edits edits,
      byte[] out) {
    decide(head, clientMinor, clientKeepAlive, edits);
    int o = statusLine(head, in, out);
    o = passed(head, in, edits, out, o);
    if (!head.interim) {
      o = put(edits.lines(), 0, edits.length(), out, o);
      o = framing(head, edits, clientMinor, out, o);
      o = connection(head, in, clientMinor, out, o);
      o = put(REQUEST_ID, out, o);
      o = Hex.write(id, out, o);
      o = put(CRLF, out, o);
    }
    return put(CRLF, out, o);
  }

  private void decide(ResponseHead head, int clientMinor, boolean clientKeepAlive, Edits edits) {
    keepAlive = clientKeepAlive;
    transfer = Transfer.VERBATIM;
    switch (body(head, edits)) {
      case NONE, LENGTH -> {
        if (head.endsUnsaid && clientMinor == 0) {
          keepAlive = false;
        }
      }
      case CHUNKED -> {
        if (clientMinor == 0) {
          transfer = Transfer.DECHUNK;
          keepAlive = false;
        }
      }
      case UNTIL_CLOSE, STREAM -> {
        if (clientMinor == 0) {
          keepAlive = false;
        } else {
          transfer = Transfer.CHUNK;
        }
      }
    }
  }

  /** Behind filters all that is known of a body may be where it ends. */
  private static ResponseHead.Body body(ResponseHead head, Edits edits) {
    boolean open =
        head.body == ResponseHead.Body.CHUNKED && edits.isFiltered()
            || head.body == ResponseHead.Body.LENGTH && edits.isLengthUnknown();
    return open ? ResponseHead.Body.UNTIL_CLOSE : head.body;
  }

  private static int statusLine(ResponseHead head, byte[] in, byte[] out) {
    int o = put(VERSION, out, 0);
    o = Octets.putDecimal(head.status, out, o);
    out[o++] = ' ';
    o = put(in, head.reasonAt, head.reasonEnd, out, o);
    return put(CRLF, out, o);
  }

  private static int passed(ResponseHead head, byte[] in, Edits edits, byte[] out, int o) {
    FieldSection fields = head.fields;
    int from = head.fieldsAt;
    boolean edited = edits.removals() > 0 && !head.interim;
    for (int f = 0; f < fields.count; f++) {
      if (fields.names[f].dropFromResponse
          || head.connection.names(in, fields, f)
          || edited && edits.isRemoved(in, fields, f)) {
        o = put(in, from, fields.start[f], out, o);
        from = fields.next[f];
      }
    }
    return fields.count == 0 ? o : put(in, from, fields.next[fields.count - 1], out, o);
  }

  /** A response without body may tell the length of the one that GET would have (HEAD, 304). */
  private int framing(ResponseHead head, Edits edits, int clientMinor, byte[] out, int o) {
    boolean passed =
        head.body == ResponseHead.Body.CHUNKED
            && transfer == Transfer.VERBATIM
            && !edits.isFiltered();
    if (passed || transfer == Transfer.CHUNK) {
      return put(CHUNKED, out, o);
    }
    if (head.endsUnsaid) {
      return clientMinor == 0 ? o : put(EMPTY, out, o);
    }
    if (edits.isLengthUnknown()
        || head.contentLength < 0
        || head.status < 200
        || head.status == 204) {
      return o;
    }
    o = put(LENGTH, out, o);
    o = Octets.putDecimal(head.contentLength, out, o);
    return put(CRLF, out, o);
  }

  private int connection(ResponseHead head, byte[] in, int clientMinor, byte[] out, int o) {
    boolean told = head.status == 101 || head.status == UPGRADE_REQUIRED;
    if (told && head.upgradeField >= 0) {
      o = put(CONNECTION, out, o);
      o = put(keepAlive || head.status == 101 ? UPGRADE : CLOSE_UPGRADE, out, o);
      int f = head.upgradeField;
      o = put(in, head.fields.value[f], head.fields.valueEnd[f], out, o);
      return put(CRLF, out, o);
    }
    if (!keepAlive) {
      return put(CLOSE, out, put(CONNECTION, out, o));
    }
    return clientMinor == 0 ? put(KEEP_ALIVE, out, put(CONNECTION, out, o)) : o;
  }
}
