package dev.undercloud.edge.file;

import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A response about a file rather than with one: not modified, not allowed, no such part. */
final class Note implements Source {
  private final byte[] head;
  private final byte[] body;
  private boolean sent;

  private Note(String head, String body) {
    this.head = head.getBytes(StandardCharsets.ISO_8859_1);
    this.body = body.getBytes(StandardCharsets.US_ASCII);
  }

  /** 304 with what a cache that has the content needs (RFC 9110, 15.4.5). */
  static Note notModified(Representation found, byte[] date, boolean lasts) {
    String lines = text(found.always(lasts));
    return new Note(
        "HTTP/1.1 304 Not Modified\r\nDate: " + text(date) + "\r\n" + lines + "\r\n", "");
  }

  static Note preconditionFailed(Representation found, byte[] date) {
    return of("412 Precondition Failed", text(found.always()), date, "The file has changed.\n");
  }

  static Note unsatisfiable(Representation found, byte[] date) {
    String lines = "Content-Range: bytes */" + found.length() + "\r\n" + text(found.always());
    return of("416 Range Not Satisfiable", lines, date, "The file has no such part.\n");
  }

  static Note notAllowed(byte[] date) {
    return of(
        "405 Method Not Allowed", "Allow: GET, HEAD\r\n", date, "This is a file: GET or HEAD.\n");
  }

  /** To the folder's own address, with its slash: relative links in its index need it. */
  static Note movedTo(String location, byte[] date) {
    String lines = "Location: " + location + "\r\n";
    return of("301 Moved Permanently", lines, date, "The folder's address ends in a slash.\n");
  }

  static Note noDescriptor(byte[] date) {
    String lines = "Retry-After: 1\r\n";
    return of("503 Service Unavailable", lines, date, "Too many files are open.\n");
  }

  private static Note of(String status, String lines, byte[] date, String body) {
    return new Note(
        "HTTP/1.1 "
            + status
            + "\r\nDate: "
            + text(date)
            + "\r\n"
            + lines
            + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n",
        body);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public int head(byte[] out) {
    System.arraycopy(head, 0, out, 0, head.length);
    return head.length;
  }

  @Override
  public @Nullable ByteBuf next(int most) {
    if (sent || body.length == 0) {
      return null;
    }
    sent = true;
    return Unpooled.wrappedBuffer(body);
  }

  @Override
  public void close() {}
}
