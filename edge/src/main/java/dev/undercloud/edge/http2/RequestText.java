package dev.undercloud.edge.http2;

import dev.undercloud.core.id.Entropy;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Checks a request's fields as RFC 9113, 8.2 and 8.3 ask, and writes them as an HTTP/1.1 head,
 * which then is parsed like any other: what cannot be said there cannot be smuggled. One for each
 * event loop.
 */
public final class RequestText {
  /** What {@link #write} returns for a request that is malformed; {@link #fault} says why. */
  public static final int MALFORMED = -1;

  /** What {@link #write} returns where there are too many or too long fields. */
  public static final int TOO_LARGE = -2;

  /** What {@link #write} returns for a CONNECT that asks for no WebSocket. */
  public static final int NO_TUNNEL = -3;

  private static final AsciiString GET = AsciiString.cached("GET");
  private static final AsciiString VERSION = AsciiString.cached(" HTTP/1.1\r\n");
  private static final AsciiString HOST = AsciiString.cached("host: ");
  private static final AsciiString COOKIE = AsciiString.cached("cookie: ");
  private static final AsciiString CRUMB = AsciiString.cached("; ");
  private static final AsciiString COLON = AsciiString.cached(": ");
  private static final AsciiString CRLF = AsciiString.cached("\r\n");
  private static final AsciiString CHUNKED = AsciiString.cached("transfer-encoding: chunked\r\n");
  private static final AsciiString UPGRADE =
      AsciiString.cached("connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ");

  private final Entropy entropy;
  private final PseudoFields pseudo = new PseudoFields();
  private byte[] out = {};
  private int length;
  private boolean full;
  private boolean hasLength;
  private boolean chunked;
  private String fault = "";

  /**
   * @param entropy for the keys of WebSocket handshakes
   */
  public RequestText(Entropy entropy) {
    this.entropy = entropy;
  }

  /**
   * Writes the head to {@code into} from its start.
   *
   * @param ended whether no DATA follow
   * @return the length written, {@link #MALFORMED}, {@link #TOO_LARGE} or {@link #NO_TUNNEL}
   */
  public int write(FieldList fields, boolean ended, byte[] into) {
    out = into;
    length = 0;
    full = hasLength = chunked = false;
    if (fields.isOverflown()) {
      return TOO_LARGE;
    }
    String wrong = pseudo.read(fields);
    if (wrong != null) {
      return malformed(wrong);
    }
    if (pseudo.connect && !pseudo.webSocket) {
      return NO_TUNNEL;
    }
    head();
    wrong = fields(fields);
    if (wrong != null) {
      return malformed(wrong);
    }
    cookies(fields);
    framing(ended);
    put(CRLF);
    return full ? TOO_LARGE : length;
  }

  /** What is wrong, in words that follow "because". */
  public String fault() {
    return fault;
  }

  /** Whether the request asks for a WebSocket (RFC 8441), and so became a GET with Upgrade. */
  public boolean isWebSocket() {
    return pseudo.webSocket;
  }

  /** Whether DATA are to be passed as chunks, since nobody said how many there are. */
  public boolean isChunked() {
    return chunked;
  }

  private int malformed(String words) {
    fault = words;
    return MALFORMED;
  }

  private void head() {
    put(pseudo.webSocket ? GET : pseudo.method);
    put((byte) ' ');
    put(pseudo.path);
    put(VERSION);
    if (pseudo.authority != null) {
      put(HOST);
      put(pseudo.authority);
      put(CRLF);
    }
  }

  /** Writes what passes as it is; null or what is wrong. */
  private @Nullable String fields(FieldList fields) {
    int lines = 0;
    for (int i = pseudo.count; i < fields.size(); i++) {
      AsciiString name = fields.name(i);
      AsciiString value = fields.value(i);
      if (!Chars.isName(name)) {
        return name.startsWith(":")
            ? "a pseudo-header field comes after other fields"
            : "a field's name holds a character that names cannot have";
      }
      if (!Chars.isValue(value)) {
        return "a field holds a control character or white space around its value";
      }
      if (FieldNames.isOfConnection(name, value)) {
        return "a field is there that is only for connections of HTTP/1";
      }
      if (name.contentEquals(FieldNames.COOKIE)) {
        continue;
      }
      if (++lines > Http2Limits.FIELDS) {
        full = true;
        return null;
      }
      if (name.contentEquals(FieldNames.HOST) && pseudo.authority != null) {
        if (!pseudo.authority.contentEqualsIgnoreCase(value)) {
          return "':authority' and 'host' name different hosts";
        }
        continue;
      }
      if (pseudo.webSocket && name.contentEquals(FieldNames.WEBSOCKET_KEY)) {
        continue;
      }
      hasLength |= name.contentEquals(FieldNames.CONTENT_LENGTH);
      line(name, value);
    }
    return null;
  }

  private void line(AsciiString name, AsciiString value) {
    put(name);
    put(COLON);
    put(value);
    put(CRLF);
  }

  /** Crumbs become one line, since HTTP/1.1 has one (RFC 9113, 8.2.3). */
  private void cookies(FieldList fields) {
    boolean begun = false;
    for (int i = pseudo.count; i < fields.size(); i++) {
      if (fields.name(i).contentEquals(FieldNames.COOKIE)) {
        put(begun ? CRUMB : COOKIE);
        put(fields.value(i));
        begun = true;
      }
    }
    if (begun) {
      put(CRLF);
    }
  }

  private void framing(boolean ended) {
    if (pseudo.webSocket) {
      byte[] key =
          ByteBuffer.allocate(16).putLong(entropy.nextLong()).putLong(entropy.nextLong()).array();
      put(UPGRADE);
      put(new AsciiString(Base64.getEncoder().encode(key), false));
      put(CRLF);
    } else if (!ended && !hasLength) {
      chunked = true;
      put(CHUNKED);
    }
  }

  private void put(byte c) {
    if (length == out.length) {
      full = true;
    } else {
      out[length++] = c;
    }
  }

  private void put(AsciiString text) {
    int bytes = text.length();
    if (bytes > out.length - length) {
      full = true;
      return;
    }
    System.arraycopy(text.array(), text.arrayOffset(), out, length, bytes);
    length += bytes;
  }
}
