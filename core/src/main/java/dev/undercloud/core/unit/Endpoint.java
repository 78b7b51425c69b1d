package dev.undercloud.core.unit;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** An address with a port as people write it. */
public final class Endpoint {
  private static final int LAST_PORT = 65_535;

  private Endpoint() {}

  /**
   * Reads {@code 192.0.2.1}, {@code 192.0.2.1:5353}, {@code 2001:db8::1} or {@code
   * [2001:db8::1]:53}; no name is looked up.
   *
   * @param otherwise the port where none is said
   * @throws IllegalArgumentException where it is none
   */
  public static InetSocketAddress parse(String text, int otherwise) {
    int colon = text.lastIndexOf(':');
    boolean said =
        colon > 0
            && (text.startsWith("[") ? text.charAt(colon - 1) == ']' : text.indexOf(':') == colon);
    String host = said ? text.substring(0, colon) : text;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    InetAddress address = Cidr.address(host);
    int port = said ? port(text.substring(colon + 1)) : otherwise;
    if (address == null || port < 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an address with a port, like 192.0.2.1:53 or [2001:db8::1]:53");
    }
    return new InetSocketAddress(address, port);
  }

  private static int port(String digits) {
    int number = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
    return number > LAST_PORT ? -1 : number;
  }
}
