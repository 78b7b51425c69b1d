package dev.undercloud.edge.proxy;

import dev.undercloud.core.route.AppRoute;
import dev.undercloud.edge.http1.FieldValues;
import dev.undercloud.edge.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What requests have to do with an app that somebody else serves: which of them it takes, and the
 * mark by which one that comes back is known. Immutable.
 */
final class Outside {
  private static final byte[] NAME = ascii("undercloud-hop");

  private final byte[] mark;
  private final byte[] line;
  private final byte[][] hosts;

  Outside(AppRoute.Elsewhere elsewhere) {
    mark = ascii(elsewhere.mark());
    line = ascii("Undercloud-Hop: " + elsewhere.mark() + "\r\n");
    hosts = elsewhere.hosts().stream().map(Outside::ascii).toArray(byte[][]::new);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Whether the request may be sent there: not a second time, and not for a host that it does not
   * answer for.
   */
  boolean takes(RequestHead head, byte[] in) {
    return answersFor(head.hostKey(), head.hostKeyLength())
        && !FieldValues.has(head, in, NAME, mark);
  }

  private boolean answersFor(byte[] host, int length) {
    if (hosts.length == 0 || Routes.isBare(host, length)) {
      return true;
    }
    for (byte[] name : hosts) {
      boolean wildcard = name[0] == '*';
      int from = wildcard ? 1 : 0;
      int at = wildcard ? firstDot(host, length) : 0;
      if (name.length - from == length - at && equal(name, from, host, at, length - at)) {
        return true;
      }
    }
    return false;
  }

  /** One label takes the star's place (RFC 6125, 6.4.3). */
  private static int firstDot(byte[] host, int length) {
    int dot = 0;
    while (dot < length && host[dot] != '.') {
      dot++;
    }
    return dot;
  }

  private static boolean equal(byte[] one, int from, byte[] other, int at, int length) {
    for (int i = 0; i < length; i++) {
      if (one[from + i] != other[at + i]) {
        return false;
      }
    }
    return true;
  }

  /** The request with the mark; takes the reference of {@code head}, gives one. */
  ByteBuf marked(Loop loop, ByteBuf head) {
    int first = lineEnd(head);
    ByteBuf marked = loop.requests.take(head.readableBytes() + line.length);
    marked.writeBytes(head, head.readerIndex(), first - head.readerIndex());
    marked.writeBytes(line);
    marked.writeBytes(head, first, head.writerIndex() - first);
    head.release();
    return marked;
  }

  /** What {@link #marked} was given, with what has come behind it since. */
  ByteBuf unmarked(Loop loop, ByteBuf marked) {
    marked.readerIndex(0);
    int first = lineEnd(marked);
    int rest = first + line.length;
    ByteBuf head = loop.requests.take(marked.writerIndex() - line.length);
    head.writeBytes(marked, 0, first);
    head.writeBytes(marked, rest, marked.writerIndex() - rest);
    marked.release();
    return head;
  }

  private static int lineEnd(ByteBuf head) {
    return head.indexOf(head.readerIndex(), head.writerIndex(), (byte) '\n') + 1;
  }
}
