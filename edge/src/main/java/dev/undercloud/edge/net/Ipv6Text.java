package dev.undercloud.edge.net;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Addresses as text; IPv6 in the canonical form of RFC 5952. */
public final class Ipv6Text {
  private Ipv6Text() {}

  /** {@code 192.0.2.1}, {@code ::1}; an IPv4 address mapped into IPv6 as IPv4. */
  public static String of(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] raw = address.getAddress();
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (raw[2 * i] & 255) << 8 | raw[2 * i + 1] & 255;
    }
    int zerosAt = -1;
    int zeros = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && groups[i + run] == 0) {
        run++;
      }
      if (run > zeros) {
        zeros = run;
        zerosAt = i;
      }
      i += run;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == zerosAt) {
        text.append("::");
        i += zeros - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
