package dev.undercloud.core.route;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where a replica takes connections. */
public sealed interface Address {
  /** Longest path the kernel takes in {@code sun_path}, with room for its final NUL. */
  int LONGEST_UNIX_PATH = 107;

  /** A Unix stream socket. */
  record Unix(Path path) implements Address {
    public Unix {
      if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_UNIX_PATH) {
        throw new IllegalArgumentException("socket path over 107 bytes: " + path);
      }
    }

    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** A TCP port of a numeric address. */
  record Tcp(String host, int port) implements Address {
    public Tcp {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("not a port: " + port);
      }
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}
