package dev.undercloud.edge.hostile;

import static dev.undercloud.edge.hostile.Grammar.require;

import dev.undercloud.edge.hostile.Grammar.Field;
import dev.undercloud.edge.hostile.Grammar.Refused;
import java.util.List;
import java.util.Locale;

/**
 * A request head by the letter of RFC 9112, 2 to 3 and RFC 9110, 7: written without a look at the
 * product's codec, to judge it.
 *
 * @param end index behind the head
 * @param host as routing takes it: lower case, no port, no final dot
 * @param contentLength -1 for none
 */
record StrictRequest(
    int end,
    String method,
    String target,
    String host,
    int minor,
    long contentLength,
    boolean chunked,
    boolean keepAlive,
    List<Field> fields) {
  /** The product's limits. */
  private static final int MOST_TARGET = 16 << 10;

  private static final int MOST_METHOD = 24;

  /** The head at {@code from}; null where its end has not come. */
  static StrictRequest read(String in, int from) throws Refused {
    // RFC 9112, 2.2: at least one empty line before it is ignored; exactly one here.
    int start = in.startsWith("\r\n", from) ? from + 2 : from;
    int end = Grammar.endOfHead(in, start);
    if (end < 0) {
      return null;
    }
    require(end - from <= Grammar.MOST_HEAD, "head too large");
    int lineEnd = in.indexOf("\r\n", start);
    String line = in.substring(start, lineEnd);
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    require(first > 0 && last > first, "request-line has three parts");
    String method = line.substring(0, first);
    String sent = line.substring(first + 1, last);
    method(method);
    int minor = version(line.substring(last + 1));
    List<Field> fields = Grammar.fields(in, lineEnd + 2, end);
    String host = host(fields, minor);
    String target = sent;
    if (!sent.startsWith("/") && !(sent.equals("*") && method.equals("OPTIONS"))) {
      host = authority(sent);
      target = pathOf(sent, method);
    }
    visible(sent);
    boolean chunked = Grammar.chunked(fields, minor);
    for (String expectation : Grammar.values(fields, "expect")) {
      require(expectation.equalsIgnoreCase("100-continue"), "expectation");
    }
    return new StrictRequest(
        end,
        method,
        target,
        host,
        minor,
        Grammar.contentLength(fields),
        chunked,
        Grammar.persists(Grammar.connection(fields), minor),
        fields);
  }

  /** The index behind the body at {@code from}; -1 where it is not whole. */
  int bodyEnd(String in, int from) throws Refused {
    if (chunked) {
      StrictChunks chunks = StrictChunks.read(in, from);
      return chunks == null ? -1 : chunks.end();
    }
    long length = Math.max(0, contentLength);
    return length > in.length() - from ? -1 : from + (int) length;
  }

  /** The body at {@code from}, which is whole, without framing. */
  String payload(String in, int from) throws Refused {
    return chunked ? StrictChunks.read(in, from).payload() : in.substring(from, bodyEnd(in, from));
  }

  /**
   * RFC 9110, 7.8: asked for in both fields, not in HTTP/1.0. One protocol, no other HTTP, and no
   * body before it changes: choices.
   */
  boolean upgrades() throws Refused {
    List<String> protocols = Grammar.values(fields, "upgrade");
    if (minor < 1 || protocols.size() != 1 || chunked || contentLength > 0) {
      return false;
    }
    String[] protocol = protocols.getFirst().split("/", -1);
    String name = protocol[0].toLowerCase(Locale.ROOT);
    return protocol.length <= 2
        && Grammar.isToken(name)
        && Grammar.isToken(protocol[protocol.length - 1])
        && !List.of("h2c", "h2", "http").contains(name)
        && Grammar.connection(fields).contains("upgrade");
  }

  /**
   * A token; only capitals, dash and underscore, a choice; no tunnels and no echo, RFC 9110, 9.3.
   */
  private static void method(String method) throws Refused {
    require(method.length() <= MOST_METHOD, "method too long");
    for (int i = 0; i < method.length(); i++) {
      char c = method.charAt(i);
      require(c >= 'A' && c <= 'Z' || c == '-' || c == '_', "method");
    }
    require(!method.equals("CONNECT") && !method.equals("TRACE"), "method not served");
  }

  /** RFC 9112, 2.3; minor versions that do not exist are refused, a choice. */
  private static int version(String version) throws Refused {
    require(version.equals("HTTP/1.1") || version.equals("HTTP/1.0"), "HTTP-version");
    return version.charAt(7) - '0';
  }

  /**
   * RFC 9112, 3.2: visible ASCII, no fragment. What a URI would have to escape passes: a choice.
   */
  private static void visible(String target) throws Refused {
    require(target.length() <= MOST_TARGET, "target too long");
    for (int i = 0; i < target.length(); i++) {
      require(Grammar.isVchar(target.charAt(i)) && target.charAt(i) != '#', "request-target");
    }
  }

  /** RFC 9112, 3.2: exactly one in HTTP/1.1, at most one in HTTP/1.0, and a good one. */
  private static String host(List<Field> fields, int minor) throws Refused {
    List<String> hosts = Grammar.values(fields, "host");
    require(hosts.size() == 1 || hosts.isEmpty() && minor == 0, "one Host");
    return hosts.isEmpty() ? "" : key(hosts.getFirst());
  }

  /** The authority of absolute-form, RFC 9112, 3.2.2; it overrules Host. */
  private static String authority(String target) throws Refused {
    int from = afterScheme(target);
    int to = from;
    while (to < target.length() && target.charAt(to) != '/' && target.charAt(to) != '?') {
      to++;
    }
    return key(target.substring(from, to));
  }

  private static int afterScheme(String target) throws Refused {
    String lower = target.toLowerCase(Locale.ROOT);
    require(lower.startsWith("http://") || lower.startsWith("https://"), "request-target form");
    return target.indexOf("://") + 3;
  }

  private static String pathOf(String target, String method) throws Refused {
    int from = afterScheme(target);
    while (from < target.length() && target.charAt(from) != '/' && target.charAt(from) != '?') {
      from++;
    }
    String rest = target.substring(from);
    if (rest.isEmpty()) {
      // RFC 9112, 3.2.4.
      return method.equals("OPTIONS") ? "*" : "/";
    }
    return rest.startsWith("?") ? "/" + rest : rest;
  }

  /**
   * uri-host [":" port]: names of letters, digits, dash and underscore without empty labels, one
   * final dot, or an address in brackets; a port is 1 to 5 digits up to 65535. Choices: RFC 3986
   * allows more in a reg-name, and an empty port.
   */
  static String key(String host) throws Refused {
    String name = host;
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']')) {
      String port = host.substring(colon + 1);
      require(!port.isEmpty() && port.length() <= 5, "port");
      for (int i = 0; i < port.length(); i++) {
        require(Grammar.isDigit(port.charAt(i)), "port");
      }
      require(Integer.parseInt(port) <= 65535, "port");
      name = host.substring(0, colon);
    }
    return name.startsWith("[") ? address(name) : name(name);
  }

  private static String address(String name) throws Refused {
    require(name.endsWith("]") && name.length() > 2 && name.length() <= 47, "IP-literal");
    int colons = 0;
    for (int i = 1; i < name.length() - 1; i++) {
      char c = name.charAt(i);
      boolean hex = Grammar.isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
      require(hex || c == ':' || c == '.', "IP-literal");
      colons += c == ':' ? 1 : 0;
    }
    require(colons >= 2 && colons <= 8, "IP-literal");
    return name.toLowerCase(Locale.ROOT);
  }

  private static String name(String name) throws Refused {
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    require(!bare.isEmpty() && bare.length() <= 253, "uri-host");
    boolean label = false;
    for (int i = 0; i < bare.length(); i++) {
      char c = bare.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      require(
          letter || Grammar.isDigit(c) || c == '-' || c == '_' || c == '.' && label, "uri-host");
      label = c != '.';
    }
    require(label, "uri-host");
    return bare.toLowerCase(Locale.ROOT);
  }
}
