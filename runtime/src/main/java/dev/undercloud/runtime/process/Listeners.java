package dev.undercloud.runtime.process;

import dev.undercloud.core.route.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which sockets processes listen on, from {@code /proc/net} and their descriptors. Blocking. */
final class Listeners {
  /** State LISTEN in /proc/net/tcp. */
  private static final String LISTEN = "0A";

  /** The flag of a listening socket in /proc/net/unix: SO_ACCEPTCON. */
  private static final long ACCEPTS = 0x10000;

  private static final String SOCKET = "socket:[";

  private Listeners() {}

  /** Addresses that any of the processes listens on: {@code 127.0.0.1:5000}, or a path. */
  static Set<String> of(Collection<Long> pids) {
    Map<String, String> byInode = listening();
    Set<String> found = new LinkedHashSet<>();
    for (long pid : pids) {
      try (DirectoryStream<Path> descriptors =
          Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
        for (Path descriptor : descriptors) {
          inode(descriptor).map(byInode::get).ifPresent(found::add);
        }
      } catch (IOException gone) {
        continue;
      }
    }
    return found;
  }

  /**
   * In words, where processes listen when it is not where they were told to; empty where they do
   * listen there, or nowhere.
   */
  static Optional<String> elsewhere(Collection<Long> pids, @Nullable Address wanted) {
    Set<String> found = of(pids);
    if (found.isEmpty() || wanted == null || found.stream().anyMatch(at -> same(at, wanted))) {
      return Optional.empty();
    }
    String name = wanted instanceof Address.Unix ? "$SOCKET" : "$PORT";
    return Optional.of(
        "it listens on "
            + String.join(" and ", found)
            + ", not on "
            + name
            + " ("
            + (wanted instanceof Address.Tcp tcp ? tcp.port() : wanted)
            + ")");
  }

  private static boolean same(String found, Address wanted) {
    return switch (wanted) {
      case Address.Unix unix -> found.equals(unix.path().toString());
      case Address.Tcp tcp -> found.endsWith(":" + tcp.port());
    };
  }

  private static Optional<String> inode(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith(SOCKET)
          ? Optional.of(target.substring(SOCKET.length(), target.length() - 1))
          : Optional.empty();
    } catch (IOException closed) {
      return Optional.empty();
    }
  }

  private static Map<String, String> listening() {
    Map<String, String> byInode = new HashMap<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String[] field : rows(table)) {
        if (field.length > 9 && field[3].equals(LISTEN)) {
          byInode.put(field[9], address(field[1]));
        }
      }
    }
    for (String[] field : rows("unix")) {
      if (field.length > 7 && (Long.parseLong(field[3], 16) & ACCEPTS) != 0) {
        byInode.put(field[6], field[7]);
      }
    }
    return byInode;
  }

  /** The rows of a table as fields; the last of a path with blanks holds all of it. */
  private static List<String[]> rows(String table) {
    List<String[]> rows = new ArrayList<>();
    try {
      String text = Files.readString(Path.of("/proc/net/" + table), StandardCharsets.ISO_8859_1);
      text.lines()
          .skip(1)
          .forEach(line -> rows.add(line.strip().split("\\s+", table.equals("unix") ? 8 : 0)));
    } catch (IOException none) {
      return rows;
    }
    return rows;
  }

  /** {@code 0100007F:1388}: words of four bytes, each in the byte order of the machine. */
  static String address(String hex) {
    String[] part = hex.split(":");
    byte[] bytes = new byte[part[0].length() / 2];
    boolean little = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
    for (int i = 0; i < bytes.length; i++) {
      int from = little ? i / 4 * 4 + 3 - i % 4 : i;
      bytes[i] = (byte) Integer.parseInt(part[0].substring(from * 2, from * 2 + 2), 16);
    }
    try {
      String host = InetAddress.getByAddress(bytes).getHostAddress();
      int port = Integer.parseInt(part[1], 16);
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    } catch (UnknownHostException wrongLength) {
      return hex;
    }
  }
}
