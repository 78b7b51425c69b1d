package dev.undercloud.edge.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hosts to apps for one table, looked up by bytes without allocation. Immutable but for what the
 * apps' pools hold.
 */
final class Routes {
  private static final byte[] LOCALHOST = "localhost".getBytes(StandardCharsets.US_ASCII);

  final long version;
  final List<App> apps;
  private final byte[] @Nullable [] names;
  private final @Nullable App[] found;
  private final @Nullable App only;

  Routes(long version, List<App> apps) {
    this.version = version;
    this.apps = List.copyOf(apps);
    int hosts = apps.stream().mapToInt(app -> app.hosts().size()).sum();
    // At most half full: a lookup of an unknown host ends soon.
    int size = Integer.highestOneBit(Math.max(4, hosts * 2)) * 2;
    names = new byte[size][];
    found = new App[size];
    for (App app : apps) {
      for (String host : app.hosts()) {
        add(host.getBytes(StandardCharsets.ISO_8859_1), app);
      }
    }
    only = apps.size() == 1 ? apps.getFirst() : null;
  }

  private void add(byte[] name, App app) {
    int mask = names.length - 1;
    int at = hash(name, name.length) & mask;
    while (names[at] != null) {
      if (Arrays.equals(names[at], name)) {
        return;
      }
      at = at + 1 & mask;
    }
    names[at] = name;
    found[at] = app;
  }

  /**
   * The app of {@code host}: lower case, without port and final dot, IPv6 addresses in brackets.
   */
  @Nullable App find(byte[] host, int length) {
    int mask = names.length - 1;
    for (int at = hash(host, length) & mask; ; at = at + 1 & mask) {
      byte[] name = names[at];
      if (name == null) {
        return isBare(host, length) ? only : null;
      }
      if (equal(name, host, length)) {
        return found[at];
      }
    }
  }

  /** What names no app: no host at all (HTTP/1.0), localhost, an address. */
  private static boolean isBare(byte[] host, int length) {
    return length == 0 || isLocalhost(host, length) || isAddress(host, length);
  }

  /** The same app in this table; null where it has left. */
  @Nullable App latest(App old) {
    for (App each : apps) {
      if (each.name().equals(old.name())) {
        return each;
      }
    }
    return null;
  }

  private static int hash(byte[] text, int length) {
    int h = 0;
    for (int i = 0; i < length; i++) {
      h = 31 * h + text[i];
    }
    return h ^ h >>> 15;
  }

  private static boolean equal(byte[] name, byte[] host, int length) {
    return Arrays.equals(name, 0, name.length, host, 0, length);
  }

  private static boolean isLocalhost(byte[] host, int length) {
    return equal(LOCALHOST, host, length);
  }

  private static boolean isAddress(byte[] host, int length) {
    if (host[0] == '[') {
      return true;
    }
    for (int i = 0; i < length; i++) {
      if (host[i] != '.' && (host[i] < '0' || host[i] > '9')) {
        return false;
      }
    }
    return true;
  }
}
