package dev.undercloud.app.up;

import dev.undercloud.core.error.CloudException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Finds ports that are free on loopback. */
final class Ports {
  /** How far from the wanted port we look for a free one. */
  static final int MOST_TRIED = 200;

  /** A listener that does not answer in this time is none. Loopback answers in microseconds. */
  private static final int CONNECT_MS = 200;

  private Ports() {}

  /**
   * The port to listen on: {@code asked} where the user named one, which must be free, else the
   * first free one from {@code usual} on.
   *
   * @param asked 0 where the user named none
   */
  static int choose(int asked, int usual, String option) {
    if (asked != 0) {
      if (asked < 1 || asked > 65535) {
        throw CloudException.user(
            "bad-argument",
            option + " " + asked,
            "a port goes from 1 to 65535",
            "Choose another port.");
      }
      if (!free(asked)) {
        throw CloudException.resource(
            "port-taken",
            "port " + asked + " is taken",
            "another process listens there; `ss -ltnp sport = :" + asked + "` says which",
            "End it, or choose another port with " + option + ".");
      }
      return asked;
    }
    for (int port = usual; port < usual + MOST_TRIED; port++) {
      if (free(port)) {
        return port;
      }
    }
    throw CloudException.resource(
        "port-taken",
        "no port is free from " + usual + " to " + (usual + MOST_TRIED - 1),
        "other processes listen on all of them",
        "Name a free one with " + option + ".");
  }

  /**
   * Whether nobody listens on {@code port} of loopback. Binding alone does not tell: a listener
   * with SO_REUSEPORT would silently share its connections with us.
   */
  static boolean free(int port) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (Socket probe = new Socket()) {
      probe.connect(new InetSocketAddress(loopback, port), CONNECT_MS);
      return false;
    } catch (IOException nobodyListens) {
      try (ServerSocket bound = new ServerSocket()) {
        bound.bind(new InetSocketAddress(loopback, port));
        return bound.isBound();
      } catch (IOException taken) {
        return false;
      }
    }
  }
}
