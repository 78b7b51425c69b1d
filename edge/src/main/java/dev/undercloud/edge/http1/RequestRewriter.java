package dev.undercloud.edge.http1;

import static dev.undercloud.edge.http1.Octets.ascii;
import static dev.undercloud.edge.http1.Octets.put;

import dev.undercloud.core.id.Hex;

/**
 * Writes the head that a replica gets for a parsed request. What is for this hop is dropped, what a
 * client could forge is said anew, framing is said in its plainest form, everything else passes
 * byte by byte. Safe for any thread.
 */
public final class RequestRewriter {
  /** The most by which a head can grow; {@code out} needs the head's length and this. */
  public static final int GROWTH =
      2048 + ClientSide.MOST_CERTIFICATE + RequestEdits.MOST_LINES + RequestEdits.MOST_PATH;

  private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
  private static final byte[] HOST = ascii("Host: ");
  private static final byte[] LENGTH = ascii("Content-Length: ");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\nUpgrade: ");
  private static final byte[] FORWARDED_HOST = ascii(";host=\"");
  private static final byte[] X_FORWARDED_HOST = ascii("\"\r\nX-Forwarded-Host: ");
  private static final byte[] REQUEST_ID = ascii("X-Request-Id: ");
  private static final byte[] TRACE = ascii("\r\ntraceparent: 00-");
  private static final byte[] SAMPLED = ascii("-01\r\n\r\n");
  private static final byte[] NOT_SAMPLED = ascii("-00\r\n\r\n");
  private static final byte[] CRLF = ascii("\r\n");

  private RequestRewriter() {}

  /**
   * Writes the head to {@code out} from its start.
   *
   * @param in the bytes that {@code head} was parsed from
   * @param id the request id, which is the edge's span id too; not 0
   * @param traceHigh the client's trace or the one started for this request
   * @param edits of this request's route
   * @return the length written
   */
  public static int write(
      RequestHead head,
      byte[] in,
      ClientSide client,
      long id,
      long traceHigh,
      long traceLow,
      boolean sampled,
      RequestEdits edits,
      byte[] out) {
    int o = requestLine(head, in, edits, out);
    o = host(head, in, client, out, o);
    o = passed(head, in, edits, out, o);
    if (edits.lines != null) {
      o = put(edits.lines, out, o);
    }
    o = framing(head, out, o);
    if (head.upgrade) {
      o = put(UPGRADE, out, o);
      o = put(in, head.upgradeAt, head.upgradeAt + head.upgradeLength, out, o);
      o = put(CRLF, out, o);
    }
    o = forwarded(head, in, client, out, o);
    o = put(REQUEST_ID, out, o);
    o = Hex.write(id, out, o);
    o = put(TRACE, out, o);
    o = Hex.write(traceHigh, out, o);
    o = Hex.write(traceLow, out, o);
    out[o++] = '-';
    o = Hex.write(id, out, o);
    return put(sampled ? SAMPLED : NOT_SAMPLED, out, o);
  }

  /** The same without changes. */
  public static int write(
      RequestHead head,
      byte[] in,
      ClientSide client,
      long id,
      long traceHigh,
      long traceLow,
      boolean sampled,
      byte[] out) {
    return write(head, in, client, id, traceHigh, traceLow, sampled, RequestEdits.NONE, out);
  }

  private static int requestLine(RequestHead head, byte[] in, RequestEdits edits, byte[] out) {
    RequestTarget target = head.target;
    int o = put(in, head.methodAt, head.methodAt + head.methodLength, out, 0);
    out[o++] = ' ';
    if (edits.pathLength > 0) {
      o = put(edits.path(), 0, edits.pathLength, out, o);
      return put(VERSION, out, o);
    }
    if (target.pathLength == 0) {
      out[o++] = (byte) (head.optionsMethod ? '*' : '/');
    } else if (target.slashMissing) {
      out[o++] = '/';
    }
    o = put(in, target.pathAt, target.pathAt + target.pathLength, out, o);
    return put(VERSION, out, o);
  }

  /** An absolute target's authority overrules the Host field (RFC 9112, 3.2.2). */
  private static int host(RequestHead head, byte[] in, ClientSide client, byte[] out, int o) {
    o = put(HOST, out, o);
    o =
        head.hostLength > 0
            ? put(in, head.hostAt, head.hostAt + head.hostLength, out, o)
            : put(client.ownHost, out, o);
    return put(CRLF, out, o);
  }

  /** Copies the lines that pass, in runs as long as possible. */
  private static int passed(RequestHead head, byte[] in, RequestEdits edits, byte[] out, int o) {
    FieldSection fields = head.fields;
    int from = head.fieldsAt;
    boolean edited = edits.removed.length > 0;
    for (int f = 0; f < fields.count; f++) {
      if (isDropped(head, in, f, edits.keepsMarks) || edited && edits.drops(in, fields, f)) {
        o = put(in, from, fields.start[f], out, o);
        from = fields.next[f];
      }
    }
    return fields.count == 0 ? o : put(in, from, fields.next[fields.count - 1], out, o);
  }

  private static boolean isDropped(RequestHead head, byte[] in, int f, boolean keepsMarks) {
    FieldName name = head.fields.names[f];
    if (keepsMarks && name == FieldName.LOOKALIKE) {
      FieldSection fields = head.fields;
      return FieldName.looksProtected(in, fields.start[f], fields.nameEnd[f]);
    }
    return name.dropFromRequest
        || name == FieldName.HOST
        || name == FieldName.TRACESTATE && !head.traced
        || head.connection.names(in, head.fields, f);
  }

  private static int framing(RequestHead head, byte[] out, int o) {
    if (head.chunked) {
      return put(CHUNKED, out, o);
    }
    if (head.contentLength < 0) {
      return o;
    }
    o = put(LENGTH, out, o);
    o = Octets.putDecimal(head.contentLength, out, o);
    return put(CRLF, out, o);
  }

  private static int forwarded(RequestHead head, byte[] in, ClientSide client, byte[] out, int o) {
    o = put(client.fields, out, o);
    if (head.hostLength == 0) {
      return put(CRLF, out, o);
    }
    int end = head.hostAt + head.hostLength;
    o = put(FORWARDED_HOST, out, o);
    o = put(in, head.hostAt, end, out, o);
    o = put(X_FORWARDED_HOST, out, o);
    o = put(in, head.hostAt, end, out, o);
    return put(CRLF, out, o);
  }
}
