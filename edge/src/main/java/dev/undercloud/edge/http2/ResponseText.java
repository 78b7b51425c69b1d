package dev.undercloud.edge.http2;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Checks a replica's response fields as RFC 9113, 8.2 and 8.3.2 ask, and writes them as an HTTP/1.1
 * head, which then is parsed like any other: what cannot be said there cannot be split into two.
 * One for each event loop.
 */
public final class ResponseText {
  /** What {@link #write} returns for a response that is malformed; {@link #fault} says why. */
  public static final int MALFORMED = -1;

  private static final AsciiString STATUS = AsciiString.cached(":status");
  private static final AsciiString TE = FieldNames.TE;
  private static final byte[] VERSION = ascii("HTTP/1.1 ");
  private static final byte[] LINE_END = ascii(" \r\n");
  private static final byte[] COLON = ascii(": ");
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] SWITCHED =
      ascii("HTTP/1.1 101 \r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ");

  /** RFC 6455, 1.3. */
  private static final String WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private byte[] out = {};
  private int length;
  private boolean full;
  private String fault = "";

  /**
   * Writes the head to {@code into} from its start.
   *
   * @return the length written, or {@link #MALFORMED}
   */
  public int write(FieldList fields, byte[] into) {
    int status = begin(fields, into);
    if (status < 0) {
      return status;
    }
    put(VERSION);
    put(fields.value(0));
    put(LINE_END);
    return lines(fields);
  }

  /**
   * The same of a response that opens a WebSocket (RFC 8441, 5), as HTTP/1.1 would say it.
   *
   * @param key the Sec-WebSocket-Key that was not sent
   */
  public int writeSwitched(FieldList fields, String key, byte[] into) {
    int status = begin(fields, into);
    if (status < 0) {
      return status;
    }
    put(SWITCHED);
    put(accept(key));
    put(CRLF);
    return lines(fields);
  }

  /** What is wrong, in words that follow "because". */
  public String fault() {
    return fault;
  }

  /** The status that the fields say; below 0 where they say none. */
  public static int status(FieldList fields) {
    if (fields.size() == 0 || !fields.name(0).contentEquals(STATUS)) {
      return -1;
    }
    AsciiString value = fields.value(0);
    if (value.length() != 3) {
      return -1;
    }
    int status = 0;
    for (int i = 0; i < 3; i++) {
      int digit = value.byteAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      status = 10 * status + digit;
    }
    return status < 100 ? -1 : status;
  }

  private int begin(FieldList fields, byte[] into) {
    out = into;
    length = 0;
    full = false;
    if (fields.isOverflown()) {
      return malformed("there are too many fields");
    }
    int status = status(fields);
    if (status < 0) {
      return malformed("it does not begin with one ':status' of three digits");
    }
    return status == 101 ? malformed("HTTP/2 knows no 101 Switching Protocols") : status;
  }

  private int malformed(String words) {
    fault = words;
    return MALFORMED;
  }

  private int lines(FieldList fields) {
    for (int i = 1; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      AsciiString value = fields.value(i);
      String wrong = wrong(name, value);
      if (wrong != null) {
        return malformed(wrong);
      }
      put(name);
      put(COLON);
      put(value);
      put(CRLF);
    }
    put(CRLF);
    return full ? malformed("its fields are too large") : length;
  }

  private static @Nullable String wrong(AsciiString name, AsciiString value) {
    if (!Chars.isName(name)) {
      return name.startsWith(":")
          ? "it has more pseudo-header fields than ':status', or in another place than the first"
          : "a field's name holds a character that names cannot have";
    }
    if (!Chars.isValue(value)) {
      return "a field holds a control character or white space around its value";
    }
    boolean ofConnection = FieldNames.isOfConnection(name) || name.contentEquals(TE);
    return ofConnection ? "a field is there that is only for connections of HTTP/1" : null;
  }

  private static byte[] accept(String key) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder().encode(sha.digest(ascii(key + WEBSOCKET)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void put(byte[] text) {
    put(text, 0, text.length);
  }

  private void put(AsciiString text) {
    put(text.array(), text.arrayOffset(), text.length());
  }

  private void put(byte[] text, int at, int bytes) {
    if (bytes > out.length - length) {
      full = true;
      return;
    }
    System.arraycopy(text, at, out, length, bytes);
    length += bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
