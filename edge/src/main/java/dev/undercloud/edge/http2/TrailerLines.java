package dev.undercloud.edge.http2;

import dev.undercloud.edge.http1.TrailerNames;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The trailer section of a replica's response (RFC 9113, 8.1), checked and as field lines. One for
 * each event loop, reused.
 */
public final class TrailerLines {
  /** What gRPC servers send at most with their defaults, and twice that of HTTP/1's trailers. */
  private static final int MOST_BYTES = 16 << 10;

  private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
  private static final AsciiString OK = AsciiString.cached("0");

  private byte[] lines = new byte[256];
  private int length;

  /** Field lines, each with its line end; {@link #length} bytes of it count. */
  public byte[] lines() {
    return lines;
  }

  public int length() {
    return length;
  }

  /** Reads and checks; null, or what is wrong in words that follow "because". */
  public @Nullable String read(FieldList fields) {
    length = 0;
    if (fields.isOverflown()) {
      return "there are too many trailers";
    }
    for (int i = 0; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      AsciiString value = fields.value(i);
      if (!Chars.isName(name) || !Chars.isValue(value)) {
        return "a trailer is malformed, or a pseudo-header field";
      }
      if (FieldNames.isOfConnection(name)
          || TrailerNames.isForbidden(name.array(), name.arrayOffset(), name.length())) {
        return "a field is among the trailers that may not be there";
      }
      if (length + name.length() + value.length() + 4 > MOST_BYTES) {
        return "its trailers are too large";
      }
      line(name, value);
    }
    return null;
  }

  private void line(AsciiString name, AsciiString value) {
    int more = name.length() + value.length() + 4;
    if (length + more > lines.length) {
      lines = Arrays.copyOf(lines, Math.max(2 * lines.length, length + more));
    }
    put(name);
    lines[length++] = ':';
    lines[length++] = ' ';
    put(value);
    lines[length++] = '\r';
    lines[length++] = '\n';
  }

  private void put(AsciiString text) {
    System.arraycopy(text.array(), text.arrayOffset(), lines, length, text.length());
    length += text.length();
  }

  /**
   * How a gRPC call ended, where it did not end well: {@code grpc-status 5: no such thing}; null
   * where it did, or nothing says so.
   */
  public static @Nullable String failure(FieldList fields) {
    AsciiString status = null;
    AsciiString message = AsciiString.EMPTY_STRING;
    for (int i = 0; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      if (name.contentEquals(GRPC_STATUS)) {
        status = fields.value(i);
      } else if (name.contentEquals(GRPC_MESSAGE)) {
        message = fields.value(i);
      }
    }
    if (status == null || status.contentEquals(OK)) {
      return null;
    }
    String words = new String(message.toByteArray(), StandardCharsets.ISO_8859_1);
    return "grpc-status " + status + (words.isEmpty() ? "" : ": " + words);
  }
}
