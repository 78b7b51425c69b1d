package dev.undercloud.edge.net;

import dev.undercloud.core.unit.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header that a load balancer puts before a connection's first byte, versions 1 and 2 (HAProxy,
 * The PROXY protocol). Read strictly: what is not exactly a header is none. Not for several
 * connections at once.
 */
public final class ProxyHeader {
  /** Not all of it is there. */
  public static final int MORE = -1;

  /** It is no header. */
  public static final int INVALID = -2;

  /**
   * Version 1 has at most 107 bytes; version 2 with its addresses and some extensions takes less
   * than this, which fits into one packet as the document asks.
   */
  public static final int MOST_BYTES = 536;

  private static final int MOST_LINE = 107;
  private static final byte[] SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final byte[] PROXY = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final int FIXED = SIGNATURE.length + 4;
  private static final int LOCAL = 0x20;
  private static final int PROXIED = 0x21;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int TCP4_BYTES = 12;
  private static final int TCP6_BYTES = 36;
  private static final Pattern LINE =
      Pattern.compile("PROXY (TCP4|TCP6) (\\S+) (\\S+) (0|[1-9]\\d{0,4}) (0|[1-9]\\d{0,4})");

  private @Nullable InetAddress client;

  /** Whom it names; null where it names nobody: the balancer itself speaks. */
  public @Nullable InetAddress client() {
    return client;
  }

  /** Parses {@code in[0, to)}: the header's length, {@link #MORE} or {@link #INVALID}. */
  public int parse(byte[] in, int to) {
    client = null;
    if (to == 0) {
      return MORE;
    }
    return in[0] == 'P' ? line(in, to) : binary(in, to);
  }

  private int line(byte[] in, int to) {
    if (!begins(in, to, PROXY)) {
      return INVALID;
    }
    int end = 0;
    while (end < to && in[end] != '\r' && in[end] != '\n') {
      end++;
    }
    if (end + 2 > MOST_LINE || end < to && in[end] == '\n') {
      return INVALID;
    }
    if (end + 1 >= to) {
      return MORE;
    }
    return in[end + 1] == '\n' && line(new String(in, 0, end, StandardCharsets.ISO_8859_1))
        ? end + 2
        : INVALID;
  }

  /** Whether the first bytes of a connection can be nothing but a header, sound or not. */
  public static boolean isBegun(byte[] in, int to) {
    return to >= PROXY.length && begins(in, to, PROXY)
        || to >= SIGNATURE.length && begins(in, to, SIGNATURE);
  }

  private boolean line(String text) {
    if (text.equals("PROXY UNKNOWN") || text.startsWith("PROXY UNKNOWN ")) {
      return true;
    }
    Matcher line = LINE.matcher(text);
    if (!line.matches()
        || Integer.parseInt(line.group(4)) > 65535
        || Integer.parseInt(line.group(5)) > 65535) {
      return false;
    }
    boolean v4 = line.group(1).equals("TCP4");
    client = address(line.group(2), v4);
    boolean sound = client != null && address(line.group(3), v4) != null;
    client = sound ? client : null;
    return sound;
  }

  private static @Nullable InetAddress address(String text, boolean v4) {
    boolean dotted = text.indexOf(':') < 0;
    InetAddress address = dotted == v4 ? Cidr.address(text) : null;
    return v4 && !(address instanceof Inet4Address) ? null : address;
  }

  private int binary(byte[] in, int to) {
    if (!begins(in, to, SIGNATURE)) {
      return INVALID;
    }
    if (to < FIXED) {
      return MORE;
    }
    int command = in[SIGNATURE.length];
    int family = in[SIGNATURE.length + 1];
    int length = (in[FIXED - 2] & 255) << 8 | in[FIXED - 1] & 255;
    if (command != LOCAL && command != PROXIED || FIXED + length > MOST_BYTES) {
      return INVALID;
    }
    int least = family == TCP4 ? TCP4_BYTES : family == TCP6 ? TCP6_BYTES : 0;
    // Others than TCP over IP say nothing about a client of ours: UNSPEC, UDP, Unix sockets.
    boolean known = least > 0 || family == 0;
    if (command == PROXIED && (!known || length < least)) {
      return INVALID;
    }
    if (to < FIXED + length) {
      return MORE;
    }
    if (command == PROXIED && least > 0) {
      client = address(in, family == TCP4 ? 4 : 16);
    }
    return FIXED + length;
  }

  private static InetAddress address(byte[] in, int bytes) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(in, FIXED, FIXED + bytes));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address has 4 or 16 bytes", impossible);
    }
  }

  private static boolean begins(byte[] in, int to, byte[] with) {
    int length = Math.min(to, with.length);
    return Arrays.equals(in, 0, length, with, 0, length);
  }
}
