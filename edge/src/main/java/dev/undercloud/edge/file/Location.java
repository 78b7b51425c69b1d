package dev.undercloud.edge.file;

import dev.undercloud.edge.http1.RequestHead;
import java.nio.charset.StandardCharsets;

/** Where a folder is found that was asked for without its slash. */
final class Location {
  private static final String HEX = "0123456789ABCDEF";

  /** Of a path's characters those that stand for themselves (RFC 3986, 3.3), but for {@code ;}. */
  private static final String PLAIN = "-._~!$&'()*+,=:@/";

  private Location() {}

  /**
   * The path with a slash and the request's query. Made of the normalised path, in which no two
   * slashes begin: what a client sent there could name another host.
   */
  static String of(byte[] path, int at, int length, RequestHead head, byte[] in) {
    StringBuilder to = new StringBuilder();
    for (int i = at; i < at + length; i++) {
      int c = path[i] & 0xff;
      boolean alphanumeric = c >= '0' && c <= '9' || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      if (alphanumeric || PLAIN.indexOf(c) >= 0) {
        to.append((char) c);
      } else {
        to.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    to.append('/');
    int end = head.targetAt + head.targetLength;
    for (int i = head.targetAt; i < end; i++) {
      if (in[i] == '?') {
        return to + new String(in, i, end - i, StandardCharsets.ISO_8859_1);
      }
    }
    return to.toString();
  }
}
