package dev.undercloud.edge.cache;

import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.RequestHead;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What tells stored responses apart before Vary does: app, scheme, host with port, path in its
 * {@linkplain NormalPath normal form}, query. Nothing is normalised beyond what is the same by RFC
 * 3986, so nobody can plant a response under another one's name.
 *
 * <p>One that is {@link #of made} again and again finds things; only a {@link #frozen} one is kept.
 */
public final class Key implements Comparable<Key> {
  /** A longer one is not stored: what long keys distinguish is rarely asked for twice. */
  public static final int MOST_BYTES = 4 << 10;

  private static final char SEPARATOR = '\n';
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Odd, without pattern. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private byte[] bytes;
  private int length;
  private int pathAt;
  private long hash;

  public Key() {
    bytes = new byte[256];
  }

  private Key(byte[] bytes, int pathAt, long hash) {
    this.bytes = bytes;
    this.pathAt = pathAt;
    this.hash = hash;
    length = bytes.length;
  }

  /**
   * Makes it that of a request.
   *
   * @param seed secret, so that nobody can choose keys that collide
   * @param ignored names of parameters of the query that do not count, with a final {@code *} for
   *     any rest
   * @return whether it is short enough
   */
  public boolean of(
      byte[] app, boolean secure, RequestHead head, byte[] in, List<String> ignored, long seed) {
    int room = app.length + head.hostLength + head.pathRoom() + 4;
    if (room > MOST_BYTES) {
      return false;
    }
    if (room > bytes.length) {
      bytes = new byte[MOST_BYTES];
    }
    int o = prefix(app, secure, bytes);
    for (int i = 0; i < head.hostLength; i++) {
      bytes[o++] = (byte) Octets.lower(in[head.hostAt + i]);
    }
    bytes[o++] = SEPARATOR;
    pathAt = o;
    length = NormalPath.normalise(bytes, o, head.path(in, bytes, o));
    if (!ignored.isEmpty()) {
      length = dropParameters(ignored);
    }
    hash = hash(bytes, length, seed);
    return true;
  }

  /** That of a URL, for what is to be removed. */
  static Key of(String app, boolean secure, String host, String path, long seed) {
    byte[] name = app.getBytes(StandardCharsets.UTF_8);
    String normal = NormalPath.normalise(path);
    byte[] rest = (host + SEPARATOR + normal).getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[name.length + 3 + rest.length];
    int o = prefix(name, secure, all);
    System.arraycopy(rest, 0, all, o, rest.length);
    return new Key(all, o + host.length() + 1, hash(all, all.length, seed));
  }

  /** One that was written down by {@link #written}. */
  static Key read(byte[] bytes, int pathAt, long seed) {
    if (pathAt < 0 || pathAt > bytes.length) {
      throw new IllegalArgumentException("not a key");
    }
    return new Key(bytes, pathAt, hash(bytes, bytes.length, seed));
  }

  byte[] written() {
    return Arrays.copyOf(bytes, length);
  }

  int pathAt() {
    return pathAt;
  }

  /** The same path under the other scheme. */
  Key otherScheme(long seed) {
    byte[] copy = Arrays.copyOf(bytes, length);
    int at = new String(copy, StandardCharsets.ISO_8859_1).indexOf(SEPARATOR) + 1;
    copy[at] = (byte) (copy[at] == 's' ? 'p' : 's');
    return new Key(copy, pathAt, hash(copy, length, seed));
  }

  private static int prefix(byte[] app, boolean secure, byte[] out) {
    System.arraycopy(app, 0, out, 0, app.length);
    int o = app.length;
    out[o++] = SEPARATOR;
    out[o++] = (byte) (secure ? 's' : 'p');
    out[o++] = SEPARATOR;
    return o;
  }

  private int dropParameters(List<String> ignored) {
    String path = new String(bytes, pathAt, length - pathAt, StandardCharsets.ISO_8859_1);
    int query = path.indexOf('?');
    if (query < 0) {
      return length;
    }
    StringBuilder kept = new StringBuilder(path.substring(0, query));
    char before = '?';
    for (String parameter : path.substring(query + 1).split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      if (ignored.stream().noneMatch(pattern -> matches(pattern, name))) {
        kept.append(before).append(parameter);
        before = '&';
      }
    }
    byte[] shorter = kept.toString().getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(shorter, 0, bytes, pathAt, shorter.length);
    return pathAt + shorter.length;
  }

  private static boolean matches(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  private static long hash(byte[] in, int length, long seed) {
    long h = seed ^ length * SPREAD;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      h = mix(h ^ (long) LONG.get(in, i));
    }
    for (; i < length; i++) {
      h = mix(h ^ in[i]);
    }
    return h;
  }

  private static long mix(long h) {
    long low = h * SPREAD;
    return low ^ Math.multiplyHigh(h, SPREAD) ^ low >>> 32;
  }

  /** One that keeps. */
  public Key frozen() {
    return new Key(Arrays.copyOf(bytes, length), pathAt, hash);
  }

  /** All 64 bits. */
  long hash() {
    return hash;
  }

  /** Path and query. */
  public String path() {
    return text(pathAt);
  }

  /** Everything from the first byte. */
  public String text() {
    return text(0);
  }

  private String text(int from) {
    return new String(bytes, from, length - from, StandardCharsets.ISO_8859_1);
  }

  String app() {
    String all = text();
    return new String(
        all.substring(0, all.indexOf(SEPARATOR)).getBytes(StandardCharsets.ISO_8859_1),
        StandardCharsets.UTF_8);
  }

  String host() {
    String all = text(0);
    return all.substring(all.indexOf(SEPARATOR) + 3, pathAt - 1);
  }

  boolean secure() {
    String all = text(0);
    return all.charAt(all.indexOf(SEPARATOR) + 1) == 's';
  }

  int weight() {
    return length;
  }

  @Override
  public int hashCode() {
    return (int) (hash ^ hash >>> 32);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key
        && hash == key.hash
        && Arrays.equals(bytes, 0, length, key.bytes, 0, key.length);
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compare(bytes, 0, length, other.bytes, 0, other.length);
  }

  @Override
  public String toString() {
    return text().replace(SEPARATOR, ' ');
  }
}
