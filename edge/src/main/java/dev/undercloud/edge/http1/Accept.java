package dev.undercloud.edge.http1;

/** What kind of error page an Accept field asks for (RFC 9110, 12.5.1). */
final class Accept {
  private static final byte[] PROBLEM = Octets.ascii("application/problem+json");
  private static final byte[] JSON = Octets.ascii("application/json");
  private static final byte[] HTML = Octets.ascii("text/html");
  private static final byte[] QUALITY = Octets.ascii("q=");

  private Accept() {}

  /** Whether JSON is named, and HTML is not named with the same or a higher quality. */
  static boolean prefersJson(byte[] in, int from, int end) {
    int json = -1;
    int html = 0;
    int i = from;
    while (i < end) {
      int element = i;
      while (i < end && in[i] != ',') {
        i++;
      }
      int type = skipBlank(in, element, i);
      int typeEnd = type;
      while (typeEnd < i && in[typeEnd] != ';' && !Octets.isBlank(in[typeEnd])) {
        typeEnd++;
      }
      if (Octets.equal(in, type, typeEnd - type, HTML)) {
        html = Math.max(html, quality(in, typeEnd, i));
      } else if (Octets.equal(in, type, typeEnd - type, JSON)
          || Octets.equal(in, type, typeEnd - type, PROBLEM)) {
        json = Math.max(json, quality(in, typeEnd, i));
      }
      i++;
    }
    return json > 0 && json > html;
  }

  /** Whether HTML is named at all. */
  static boolean takesHtml(byte[] in, int from, int end) {
    for (int i = from; end - i >= HTML.length; i++) {
      if (in[i] == 't' && Octets.startsWith(in, i, end - i, HTML)) {
        return true;
      }
    }
    return false;
  }

  /** The q parameter in thousandths; 1000 where there is none. */
  private static int quality(byte[] in, int from, int end) {
    for (int i = from; i < end; i++) {
      if (in[i] == ';') {
        int at = skipBlank(in, i + 1, end);
        if (Octets.startsWith(in, at, end - at, QUALITY)) {
          return thousandths(in, at + 2, end);
        }
      }
    }
    return 1000;
  }

  private static int thousandths(byte[] in, int i, int end) {
    int value = i < end && in[i] == '1' ? 1000 : 0;
    int unit = 100;
    for (i += 2; i < end && unit > 0 && Octets.isDigit(in[i]); i++) {
      value += unit * (in[i] - '0');
      unit /= 10;
    }
    return value;
  }

  private static int skipBlank(byte[] in, int i, int end) {
    while (i < end && Octets.isBlank(in[i])) {
      i++;
    }
    return i;
  }
}
