package dev.undercloud.edge.http2;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The trailer section of a request (RFC 9113, 8.1) as the end of a chunked body. */
public final class TrailerText {
  private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int COLON = ':' << 8 | ' ';
  private static final int CRLF = '\r' << 8 | '\n';

  private TrailerText() {}

  /**
   * Writes the last chunk with its trailers, of which only their characters are checked here.
   *
   * @return null, or what is wrong
   */
  public static @Nullable String write(FieldList fields, ByteBuf out) {
    if (fields.isOverflown()) {
      return "There are too many trailers";
    }
    out.writeBytes(LAST_CHUNK);
    for (int i = 0; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      AsciiString value = fields.value(i);
      if (!Chars.isName(name) || !Chars.isValue(value)) {
        return "A trailer is malformed, or a pseudo-header field";
      }
      if (FieldNames.isOfConnection(name, value)) {
        return "A trailer is only for connections of HTTP/1";
      }
      out.writeBytes(name.array(), name.arrayOffset(), name.length());
      out.writeShort(COLON);
      out.writeBytes(value.array(), value.arrayOffset(), value.length());
      out.writeShort(CRLF);
    }
    out.writeShort(CRLF);
    return null;
  }
}
