package dev.undercloud.edge.http1;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request head says, read by other means than the codec: text split into lines and matched
 * against expressions taken from the RFCs' grammar. Slow, simple, and the judge of the codec.
 */
record PlainRequest(
    int length,
    String method,
    String target,
    String host,
    String hostKey,
    int minor,
    long contentLength,
    boolean chunked,
    boolean keepAlive,
    List<String[]> fields) {

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern REQUEST_LINE =
      Pattern.compile("([A-Z_-]{1,24}) ([!-\"$-~]{1,16384}) HTTP/1\\.([01])");
  private static final Pattern FIELD =
      Pattern.compile(
          "(" + TOKEN + "):[ \t]*((?:[!-~\\x80-\\xff](?:[ \t]*[!-~\\x80-\\xff])*+)?)[ \t]*");
  private static final Pattern ABSOLUTE = Pattern.compile("(?i:https?)://([^/?]+)(/.*|\\?.*)?");
  private static final Pattern HOST =
      Pattern.compile(
          "(?:(\\[[0-9A-Fa-f:.]{1,45}\\])|([0-9A-Za-z_-]+(?:\\.[0-9A-Za-z_-]+)*)\\.?)(?::(\\d{1,5}))?");
  private static final Pattern OPTION = Pattern.compile("[ \t]*(" + TOKEN + ")?[ \t]*");

  /** Why a head is no request. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why, null, false, false);
    }
  }

  /** Reads the head at the start of {@code text}, ISO 8859-1; null where it has no end. */
  static PlainRequest read(String text) throws Refused {
    int skipped = text.startsWith("\r\n") ? 2 : 0;
    int end = text.indexOf("\r\n\r\n", skipped);
    if (end < 0) {
      return null;
    }
    require(end + 4 <= 65536, "too large");
    String[] lines = text.substring(skipped, end).split("\r\n", -1);
    Matcher request = REQUEST_LINE.matcher(lines[0]);
    require(request.matches(), "request line");
    String method = request.group(1);
    require(!method.equals("CONNECT") && !method.equals("TRACE"), "method");
    require(lines.length <= 101, "too many fields");
    List<String[]> fields = new java.util.ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      Matcher field = FIELD.matcher(lines[i]);
      require(field.matches(), "field");
      fields.add(new String[] {field.group(1), field.group(2)});
    }
    int minor = Integer.parseInt(request.group(3));
    String host = host(fields, minor);
    String target = request.group(2);
    Matcher absolute = ABSOLUTE.matcher(target);
    if (absolute.matches()) {
      host = absolute.group(1);
      require(!key(host).isEmpty(), "authority");
      target = path(absolute.group(2), method);
    } else {
      require(target.startsWith("/") || target.equals("*") && method.equals("OPTIONS"), "target");
    }
    boolean chunked = chunked(fields, minor);
    boolean keepAlive = keepAlive(fields, minor);
    for (String expectation : values(fields, "expect")) {
      require(expectation.equalsIgnoreCase("100-continue"), "expectation");
    }
    return new PlainRequest(
        end + 4,
        method,
        target,
        host,
        key(host),
        minor,
        length(fields, chunked),
        chunked,
        keepAlive,
        fields);
  }

  private static void require(boolean holds, String why) throws Refused {
    if (!holds) {
      throw new Refused(why);
    }
  }

  static List<String> values(List<String[]> fields, String name) {
    return fields.stream().filter(f -> f[0].equalsIgnoreCase(name)).map(f -> f[1]).toList();
  }

  private static String host(List<String[]> fields, int minor) throws Refused {
    List<String> hosts = values(fields, "host");
    require(hosts.size() <= 1, "several hosts");
    require(hosts.size() == 1 || minor == 0, "no host");
    if (hosts.isEmpty()) {
      return "";
    }
    require(!key(hosts.getFirst()).isEmpty(), "host");
    return hosts.getFirst();
  }

  /** Lower case, no port, no final dot; empty where it is no host. */
  private static String key(String host) {
    Matcher m = HOST.matcher(host);
    if (!m.matches() || m.group(3) != null && Integer.parseInt(m.group(3)) > 65535) {
      return "";
    }
    String name = m.group(1) != null ? m.group(1) : m.group(2);
    long colons = name.chars().filter(c -> c == ':').count();
    if (m.group(1) != null && (colons < 2 || colons > 8)) {
      return "";
    }
    return name.length() > 253 ? "" : name.toLowerCase(Locale.ROOT);
  }

  private static String path(String path, String method) {
    if (path == null) {
      return method.equals("OPTIONS") ? "*" : "/";
    }
    return path.startsWith("?") ? "/" + path : path;
  }

  private static boolean chunked(List<String[]> fields, int minor) throws Refused {
    List<String> codings = values(fields, "transfer-encoding");
    if (codings.isEmpty()) {
      return false;
    }
    require(codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"), "coding");
    require(minor == 1, "coding in 1.0");
    return true;
  }

  private static long length(List<String[]> fields, boolean chunked) throws Refused {
    List<String> lengths = values(fields, "content-length");
    if (lengths.isEmpty()) {
      return -1;
    }
    require(lengths.size() == 1 && !chunked, "several framings");
    require(lengths.getFirst().matches("[0-9]{1,18}"), "length");
    return Long.parseLong(lengths.getFirst());
  }

  private static boolean keepAlive(List<String[]> fields, int minor) throws Refused {
    List<String> options = options(fields);
    boolean close = options.contains("close");
    return !close && (minor == 1 || options.contains("keep-alive"));
  }

  /** The elements of the Connection fields, in lower case. */
  static List<String> options(List<String[]> fields) throws Refused {
    List<String> options = new java.util.ArrayList<>();
    int elements = 0;
    for (String value : values(fields, "connection")) {
      String[] parts = value.split(",", -1);
      elements += parts.length - (parts[parts.length - 1].isEmpty() ? 1 : 0);
      for (String part : parts) {
        Matcher option = OPTION.matcher(part);
        require(option.matches(), "connection");
        if (option.group(1) != null) {
          options.add(option.group(1).toLowerCase(Locale.ROOT));
        }
      }
    }
    List<String> known = List.of("close", "keep-alive", "upgrade");
    require(elements <= 32, "connection elements");
    require(options.stream().filter(o -> !known.contains(o)).count() <= 16, "connection names");
    require(
        options.stream().noneMatch(o -> EndToEnd.NAMES.contains(o) || o.startsWith("x-forwarded-")),
        "protected");
    return options;
  }
}
