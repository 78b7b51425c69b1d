package dev.undercloud.edge.tls;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a server must know of a ClientHello (RFC 8446, 4.1.2) before it chooses a certificate: the
 * name asked for (RFC 6066, 3) and the protocols offered (RFC 7301). Everything else is left to the
 * engine, which reads the same bytes again. Reused; one thread.
 */
public final class ClientHello {
  /** One that is larger is no browser's: those with post-quantum keys have some 2 KiB. */
  public static final int LARGEST = 16 << 10;

  /** Not whole yet. */
  public static final int MORE = 0;

  /** Whole, and read. */
  public static final int WHOLE = 1;

  /** Not TLS at all. */
  public static final int OTHER = -1;

  /** TLS, but no ClientHello that anybody sends. */
  public static final int BAD = -2;

  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int LARGEST_RECORD = 1 << 14;
  private static final int SERVER_NAME = 0;
  private static final int ALPN = 16;
  private static final int LONGEST_NAME = 255;
  private static final byte[] H2 = ascii("h2");
  private static final byte[] HTTP1 = ascii("http/1.1");
  private static final byte[] ACME = ascii("acme-tls/1");

  private final byte[] message = new byte[LARGEST];
  private @Nullable String name;
  private boolean alpn;
  private boolean h2;
  private boolean http1;
  private boolean acme;
  private int at;
  private int end;

  /** Reads the first {@code length} bytes of a connection. */
  public int read(byte[] in, int length) {
    name = null;
    alpn = h2 = http1 = acme = false;
    int whole = 0;
    int record = 0;
    while (record < length) {
      if (in[record] != HANDSHAKE) {
        return record == 0 ? OTHER : BAD;
      }
      if (length - record < RECORD_HEADER) {
        return length >= LARGEST ? BAD : MORE;
      }
      int size = u16(in, record + 3);
      if (in[record + 1] != 3 || size == 0 || size > LARGEST_RECORD) {
        return BAD;
      }
      int here = Math.min(size, length - record - RECORD_HEADER);
      if (whole + here > LARGEST) {
        return BAD;
      }
      System.arraycopy(in, record + RECORD_HEADER, message, whole, here);
      whole += here;
      int result = message(whole);
      if (result != MORE) {
        return result;
      }
      record += RECORD_HEADER + size;
    }
    return length >= LARGEST ? BAD : MORE;
  }

  private int message(int have) {
    if (have > 0 && message[0] != CLIENT_HELLO) {
      return BAD;
    }
    if (have < 4) {
      return MORE;
    }
    int size = (message[1] & 255) << 16 | u16(message, 2);
    if (size > LARGEST - 4) {
      return BAD;
    }
    if (have < 4 + size) {
      return MORE;
    }
    end = 4 + size;
    return fields() ? WHOLE : BAD;
  }

  private boolean fields() {
    at = 4 + 2 + 32;
    if (!skip8() || !skip16() || !skip8()) {
      return false;
    }
    if (at == end) {
      return true;
    }
    if (end - at < 2 || u16(message, at) != end - at - 2) {
      return false;
    }
    at += 2;
    while (at < end) {
      if (end - at < 4) {
        return false;
      }
      int type = u16(message, at);
      int size = u16(message, at + 2);
      at += 4;
      if (size > end - at || !extension(type, at, at + size)) {
        return false;
      }
      at += size;
    }
    return true;
  }

  private boolean extension(int type, int from, int to) {
    return switch (type) {
      case SERVER_NAME -> serverName(from, to);
      case ALPN -> protocols(from, to);
      default -> true;
    };
  }

  /** One host name; what is not a name by any rule is as good as none. */
  private boolean serverName(int from, int to) {
    if (to - from < 5 || u16(message, from) != to - from - 2 || message[from + 2] != 0) {
      return false;
    }
    int size = u16(message, from + 3);
    if (size != to - from - 5) {
      return false;
    }
    name = size > LONGEST_NAME ? null : lower(from + 5, to);
    return true;
  }

  private @Nullable String lower(int from, int to) {
    byte[] text = Arrays.copyOfRange(message, from, to);
    for (int i = 0; i < text.length; i++) {
      byte c = text[i];
      if (c >= 'A' && c <= 'Z') {
        text[i] = (byte) (c | 0x20);
      } else if (!(c >= 'a' && c <= 'z'
          || c >= '0' && c <= '9'
          || c == '-'
          || c == '.'
          || c == '_')) {
        return null;
      }
    }
    return text.length == 0 ? null : new String(text, StandardCharsets.US_ASCII);
  }

  private boolean protocols(int from, int to) {
    if (to - from < 2 || u16(message, from) != to - from - 2) {
      return false;
    }
    alpn = true;
    for (int p = from + 2; p < to; ) {
      int size = message[p] & 255;
      if (size == 0 || size > to - p - 1) {
        return false;
      }
      h2 |= is(p + 1, size, H2);
      http1 |= is(p + 1, size, HTTP1);
      acme |= is(p + 1, size, ACME);
      p += 1 + size;
    }
    return true;
  }

  private boolean is(int from, int size, byte[] protocol) {
    return Arrays.equals(message, from, from + size, protocol, 0, protocol.length);
  }

  private boolean skip8() {
    if (at >= end) {
      return false;
    }
    at += 1 + (message[at] & 255);
    return at <= end;
  }

  private boolean skip16() {
    if (end - at < 2) {
      return false;
    }
    at += 2 + u16(message, at);
    return at <= end;
  }

  private static int u16(byte[] in, int at) {
    return (in[at] & 255) << 8 | in[at + 1] & 255;
  }

  /** The name asked for, in lower case; null where none is, or one that cannot be a name. */
  public @Nullable String name() {
    return name;
  }

  /** Whether the client names protocols, and none that is spoken here. */
  public boolean offersNothingOf(boolean withH2) {
    return alpn && !http1 && !(h2 && withH2);
  }

  /** Whether an ACME server comes to look at a challenge (RFC 8737). */
  public boolean offersAcme() {
    return acme;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
