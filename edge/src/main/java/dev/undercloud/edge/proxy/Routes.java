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
  private boolean wildcards;

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
        boolean wildcard = host.startsWith("*.");
        wildcards |= wildcard;
        String name = wildcard ? host.substring(1) : host;
        add(name.getBytes(StandardCharsets.ISO_8859_1), app);
      }
    }
    List<App> here = apps.stream().filter(app -> app.outside == null).toList();
    only = here.size() == 1 ? here.getFirst() : null;
  }

  private void add(byte[] name, App app) {
    int mask = names.length - 1;
    int at = hash(name, 0, name.length) & mask;
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
    App app = look(host, 0, length);
    if (app == null && wildcards) {
      int dot = 0;
      while (dot < length && host[dot] != '.') {
        dot++;
      }
      // One label takes the star's place (RFC 6125, 6.4.3); names below are stored from their dot.
      app = dot > 0 && dot < length ? look(host, dot, length) : null;
    }
    return app == null && isBare(host, length) ? only : app;
  }

  private @Nullable App look(byte[] host, int from, int to) {
    int mask = names.length - 1;
    for (int at = hash(host, from, to) & mask; ; at = at + 1 & mask) {
      byte[] name = names[at];
      if (name == null) {
        return null;
      }
      if (Arrays.equals(name, 0, name.length, host, from, to)) {
        return found[at];
      }
    }
  }

  /** What names no app: no host at all (HTTP/1.0), localhost, an address. */
  static boolean isBare(byte[] host, int length) {
    return length == 0 || isLocalhost(host, length) || isAddress(host, length);
  }

  /** The same app in this table; null where it has left. */
  @Nullable App latest(App old) {
    return named(old.name());
  }

  /** The app of that name; null where there is none. */
  @Nullable App named(String name) {
    for (App each : apps) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }

  private static int hash(byte[] text, int from, int to) {
    int h = 0;
    for (int i = from; i < to; i++) {
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
