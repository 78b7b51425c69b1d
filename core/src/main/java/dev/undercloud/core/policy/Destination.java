package dev.undercloud.core.policy;

import dev.undercloud.core.route.Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whom a part of an app's requests goes to, or copies of them. */
public sealed interface Destination {
  /** What stands for it in routing tables and records. */
  String name();

  /**
   * Another app of Undercloud's, found by its name.
   *
   * @param name as its file has it
   */
  record App(String name) implements Destination {}

  /**
   * Whatever speaks HTTP/1.1 at an address.
   *
   * @param name the address as a person would write it
   */
  record At(String name, Address address) implements Destination {
    private static final Pattern URL =
        Pattern.compile("http://(\\[[0-9a-f:.]+\\]|[a-z0-9.-]+)(?::(\\d{1,5}))?/?");

    private static final int HTTP_PORT = 80;
    private static final String RIGHT =
        "; write it like \"http://127.0.0.1:9001\" or \"unix:/run/other.sock\"";

    /** As it is written. */
    @Override
    public String toString() {
      return name;
    }

    /**
     * Reads {@code http://127.0.0.1:9001} or {@code unix:/path}. A name would have to be looked up
     * for ever again, so only {@code localhost} is one, for 127.0.0.1.
     *
     * @throws IllegalArgumentException that says what is wrong and what would be right
     */
    public static At parse(String text) {
      if (text.startsWith("unix:/")) {
        Path socket = Path.of(text.substring("unix:".length())).normalize();
        return new At("unix:" + socket, new Address.Unix(socket));
      }
      if (text.startsWith("https:")) {
        throw new IllegalArgumentException(
            "\"" + text + "\" is spoken to without TLS only; write http:// and a port for that");
      }
      Matcher m = URL.matcher(text.toLowerCase(Locale.ROOT));
      if (!m.matches()) {
        throw new IllegalArgumentException("\"" + text + "\" is not an address" + RIGHT);
      }
      String host = m.group(1).equals("localhost") ? "127.0.0.1" : m.group(1);
      int port = m.group(2) == null ? HTTP_PORT : Integer.parseInt(m.group(2));
      String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      if (!isNumeric(plain)) {
        throw new IllegalArgumentException(
            "\"" + text + "\" has a name for a host, which may move; write its numeric address");
      }
      return new At("http://" + host + ":" + port, new Address.Tcp(plain, port));
    }

    private static boolean isNumeric(String host) {
      try {
        return !InetAddress.ofLiteral(host).isMulticastAddress();
      } catch (IllegalArgumentException name) {
        return false;
      }
    }
  }
}
