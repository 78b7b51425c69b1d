package dev.undercloud.edge.compress;

import dev.undercloud.edge.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of content codings (RFC 9110, 12.5.3). A member that breaks the grammar is as
 * if it were not there, so that nothing hostile can ask for a coding. Reused; one for each event
 * loop.
 */
public final class AcceptEncoding {
  /** Qualities are thousandths. */
  private static final int WHOLE = 1000;

  private static final int UNNAMED = -1;
  private static final byte[] NAME = ascii("accept-encoding");
  private static final byte[] IDENTITY = ascii("identity");
  private static final byte[] X_GZIP = ascii("x-gzip");

  private final int[] qualities = new int[Coding.count()];
  private int identity;
  private int any;

  /** Reads every Accept-Encoding field of {@code head}. */
  public AcceptEncoding read(RequestHead head, byte[] in) {
    clear();
    for (int f = 0; f < head.fieldCount(); f++) {
      if (head.isField(f, in, NAME)) {
        add(in, head.valueAt(f), head.valueEnd(f));
      }
    }
    return this;
  }

  void clear() {
    Arrays.fill(qualities, UNNAMED);
    identity = any = UNNAMED;
  }

  /** One field's value: a list of codings. */
  void add(byte[] in, int from, int to) {
    int start = from;
    for (int i = from; i <= to; i++) {
      if (i == to || in[i] == ',') {
        member(in, start, i);
        start = i + 1;
      }
    }
  }

  private void member(byte[] in, int from, int to) {
    int semicolon = from;
    while (semicolon < to && in[semicolon] != ';') {
      semicolon++;
    }
    int start = skipBlanks(in, from, semicolon);
    int end = trimmed(in, start, semicolon);
    int quality = semicolon == to ? WHOLE : quality(in, semicolon + 1, to);
    if (quality < 0 || start == end) {
      return;
    }
    if (end - start == 1 && in[start] == '*') {
      any = quality;
    } else if (is(in, start, end, IDENTITY)) {
      identity = quality;
    } else if (is(in, start, end, X_GZIP)) {
      qualities[Coding.GZIP.ordinal()] = quality;
    } else {
      for (int c = 0; c < qualities.length; c++) {
        if (is(in, start, end, Coding.at(c).token())) {
          qualities[c] = quality;
        }
      }
    }
  }

  /** The weight (RFC 9110, 12.4.2) in thousandths; negative for anything else. */
  private static int quality(byte[] in, int from, int to) {
    int i = skipBlanks(in, from, to);
    int end = trimmed(in, i, to);
    if (end - i < 3 || end - i > 7 || (in[i] | 0x20) != 'q' || in[i + 1] != '=') {
      return UNNAMED;
    }
    byte first = in[i + 2];
    if (first != '0' && first != '1' || end - i > 3 && in[i + 3] != '.') {
      return UNNAMED;
    }
    int value = (first - '0') * WHOLE;
    int unit = WHOLE / 10;
    for (int d = i + 4; d < end; d++, unit /= 10) {
      if (in[d] < '0' || in[d] > '9') {
        return UNNAMED;
      }
      value += (in[d] - '0') * unit;
    }
    return value > WHOLE ? UNNAMED : value;
  }

  /** In thousandths; 0 where the client does not take it. */
  public int quality(Coding coding) {
    int named = qualities[coding.ordinal()];
    return named != UNNAMED ? named : Math.max(any, 0);
  }

  /**
   * What the client likes best.
   *
   * @param codings {@link Coding#bit bits} of those there are
   * @return null where it likes best what is not compressed, or takes none of them
   */
  public @Nullable Coding best(int codings) {
    Coding best = null;
    int most = Math.max(identity, 1) - 1;
    for (int c = 0; c < qualities.length; c++) {
      int quality = (codings & 1 << c) == 0 ? 0 : quality(Coding.at(c));
      if (quality > most) {
        best = Coding.at(c);
        most = quality;
      }
    }
    return best;
  }

  /** As {@link #best}, but {@code preferred} where the client likes it as well as the best. */
  public @Nullable Coding best(int codings, Coding preferred) {
    Coding best = best(codings);
    boolean tie =
        best != null && (codings & preferred.bit()) != 0 && quality(preferred) == quality(best);
    return tie ? preferred : best;
  }

  private static int skipBlanks(byte[] in, int from, int to) {
    int i = from;
    while (i < to && (in[i] == ' ' || in[i] == '\t')) {
      i++;
    }
    return i;
  }

  private static int trimmed(byte[] in, int from, int to) {
    int i = to;
    while (i > from && (in[i - 1] == ' ' || in[i - 1] == '\t')) {
      i--;
    }
    return i;
  }

  private static boolean is(byte[] in, int from, int to, byte[] lower) {
    if (to - from != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int c = in[from + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
