package dev.undercloud.edge.cache;

import static dev.undercloud.edge.http1.Octets.ascii;

import dev.undercloud.edge.http1.Octets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the Cache-Control fields of one message say (RFC 9111, 5.2; RFC 5861; RFC 9213). Reused.
 *
 * <p>Of several values the first counts. A freshness that makes no sense is none at all, so 0
 * (4.2.1); what restricts is honoured however it is written.
 */
public final class Directives {
  /** The directive is not there. */
  public static final int ABSENT = -1;

  /** Longer ones are this long (RFC 9111, 1.2.2). */
  public static final int LONGEST = Integer.MAX_VALUE;

  private static final byte[] MAX_AGE = ascii("max-age");
  private static final byte[] S_MAXAGE = ascii("s-maxage");
  private static final byte[] NO_STORE = ascii("no-store");
  private static final byte[] NO_CACHE = ascii("no-cache");
  private static final byte[] PRIVATE = ascii("private");
  private static final byte[] PUBLIC = ascii("public");
  private static final byte[] MUST_REVALIDATE = ascii("must-revalidate");
  private static final byte[] PROXY_REVALIDATE = ascii("proxy-revalidate");
  private static final byte[] MUST_UNDERSTAND = ascii("must-understand");
  private static final byte[] ONLY_IF_CACHED = ascii("only-if-cached");
  private static final byte[] MAX_STALE = ascii("max-stale");
  private static final byte[] MIN_FRESH = ascii("min-fresh");
  private static final byte[] SWR = ascii("stale-while-revalidate");
  private static final byte[] SIE = ascii("stale-if-error");

  /** Names in the arguments of one field; more make the whole response private. */
  private static final int MOST_NAMES = 32;

  public int maxAge;
  public int sMaxAge;
  public int staleWhileRevalidate;
  public int staleIfError;

  /** Of requests; {@link #LONGEST} without an argument. */
  public int maxStale;

  public int minFresh;
  public boolean noStore;

  /** Without field names. */
  public boolean noCache;

  /** Without field names. */
  public boolean isPrivate;

  public boolean isPublic;
  public boolean mustRevalidate;
  public boolean proxyRevalidate;
  public boolean mustUnderstand;
  public boolean onlyIfCached;

  /** Fields, lower case, that {@code no-cache} and {@code private} name: they are not stored. */
  public List<String> withheld = List.of();

  /** Whether there was any directive. */
  public boolean any;

  public void clear() {
    maxAge = sMaxAge = staleWhileRevalidate = staleIfError = maxStale = minFresh = ABSENT;
    noStore = noCache = isPrivate = isPublic = false;
    mustRevalidate = proxyRevalidate = mustUnderstand = onlyIfCached = false;
    withheld = List.of();
    any = false;
  }

  /** Adds one Cache-Control field's value. */
  public void add(byte[] in, int from, int end) {
    int i = from;
    while (i < end) {
      if (in[i] == ',' || Octets.isBlank(in[i])) {
        i++;
        continue;
      }
      int name = i;
      i = Octets.skip(in, i, end, Octets.TOKEN);
      int nameEnd = i;
      int arg = -1;
      int argEnd = -1;
      if (i < end && in[i] == '=') {
        boolean quoted = i + 1 < end && in[i + 1] == '"';
        arg = quoted ? i + 2 : i + 1;
        argEnd = quoted ? closing(in, arg, end) : Octets.skip(in, arg, end, Octets.TOKEN);
        i = quoted ? Math.min(end, argEnd + 1) : argEnd;
      }
      boolean sound = nameEnd > name;
      while (i < end && in[i] != ',') {
        sound &= Octets.isBlank(in[i]);
        i = in[i] == '"' ? Math.min(end, closing(in, i + 1, end) + 1) : i + 1;
      }
      directive(in, name, nameEnd - name, arg, argEnd, sound);
    }
  }

  /** Index of the quote that ends a quoted string, or the end. */
  private static int closing(byte[] in, int from, int end) {
    int i = from;
    while (i < end && in[i] != '"') {
      i += in[i] == '\\' ? 2 : 1;
    }
    return Math.min(i, end);
  }

  private void directive(byte[] in, int at, int length, int arg, int argEnd, boolean sound) {
    any = true;
    if (is(in, at, length, MAX_AGE)) {
      maxAge = first(maxAge, in, arg, argEnd, sound);
    } else if (is(in, at, length, S_MAXAGE)) {
      sMaxAge = first(sMaxAge, in, arg, argEnd, sound);
    } else if (is(in, at, length, NO_STORE)) {
      noStore = true;
    } else if (is(in, at, length, NO_CACHE)) {
      noCache |= !named(in, arg, argEnd);
    } else if (is(in, at, length, PRIVATE)) {
      isPrivate |= !named(in, arg, argEnd);
    } else if (is(in, at, length, PUBLIC)) {
      isPublic |= sound && arg < 0;
    } else if (is(in, at, length, MUST_REVALIDATE)) {
      mustRevalidate = true;
    } else if (is(in, at, length, PROXY_REVALIDATE)) {
      proxyRevalidate = true;
    } else if (is(in, at, length, MUST_UNDERSTAND)) {
      mustUnderstand |= sound;
    } else {
      other(in, at, length, arg, argEnd, sound);
    }
  }

  private void other(byte[] in, int at, int length, int arg, int argEnd, boolean sound) {
    if (is(in, at, length, SWR)) {
      staleWhileRevalidate = first(staleWhileRevalidate, in, arg, argEnd, sound);
    } else if (is(in, at, length, SIE)) {
      staleIfError = first(staleIfError, in, arg, argEnd, sound);
    } else if (is(in, at, length, MAX_STALE)) {
      maxStale = arg < 0 ? sound ? LONGEST : 0 : first(maxStale, in, arg, argEnd, sound);
    } else if (is(in, at, length, MIN_FRESH)) {
      minFresh = first(minFresh, in, arg, argEnd, sound);
    } else if (is(in, at, length, ONLY_IF_CACHED)) {
      onlyIfCached |= sound;
    }
  }

  private static boolean is(byte[] in, int at, int length, byte[] lower) {
    return Octets.equal(in, at, length, lower);
  }

  private static int first(int before, byte[] in, int arg, int argEnd, boolean sound) {
    if (before != ABSENT) {
      return before;
    }
    return sound && arg >= 0 ? Math.max(0, seconds(in, arg, argEnd)) : 0;
  }

  /** Digits alone, {@link #LONGEST} at most; -1 for anything else. */
  static int seconds(byte[] in, int from, int end) {
    long value = 0;
    for (int i = from; i < end; i++) {
      if (!Octets.isDigit(in[i])) {
        return -1;
      }
      value = Math.min(LONGEST, value * 10 + in[i] - '0');
    }
    return from < end ? (int) value : -1;
  }

  /** Whether the argument names fields; they are withheld then. */
  private boolean named(byte[] in, int arg, int argEnd) {
    return arg >= 0 && withhold(new String(in, arg, argEnd - arg, StandardCharsets.ISO_8859_1));
  }

  /** Withholds a list of field names; false where it is none. */
  boolean withhold(String names) {
    List<String> all = new ArrayList<>(withheld);
    for (String name : names.toLowerCase(Locale.ROOT).split(",", -1)) {
      String each = name.strip();
      byte[] bytes = each.getBytes(StandardCharsets.ISO_8859_1);
      if (Octets.skip(bytes, 0, bytes.length, Octets.TOKEN) < bytes.length) {
        return false;
      }
      if (!each.isEmpty()) {
        all.add(each);
      }
    }
    if (all.size() == withheld.size() || all.size() > MOST_NAMES) {
      return false;
    }
    withheld = List.copyOf(all);
    return true;
  }
}
