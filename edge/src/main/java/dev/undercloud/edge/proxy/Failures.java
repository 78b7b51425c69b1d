package dev.undercloud.edge.proxy;

import io.netty.channel.ConnectTimeoutException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/** What the kernel says, in words that follow a replica's name. */
final class Failures {
  private Failures() {}

  /** Whether the replica's backlog is full: it lives, and takes connections again in a moment. */
  static boolean isBusy(Throwable cause) {
    return String.valueOf(cause.getMessage()).contains("temporarily unavailable");
  }

  static String inWords(Throwable cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (cause instanceof FileNotFoundException
        || cause instanceof NoSuchFileException
        || text.contains("no such file")) {
      return "has no socket: it has not started listening, or has ended";
    }
    if (isBusy(cause)) {
      return "takes no more connections: its backlog is full";
    }
    if (text.contains("permission denied")) {
      return "has a socket that we may not use (permission denied)";
    }
    if (text.contains("refused")) {
      return "refused the connection";
    }
    if (cause instanceof ConnectTimeoutException) {
      return "did not take the connection in time";
    }
    if (cause instanceof ConnectException || cause instanceof IOException) {
      return "could not be connected to (" + text + ")";
    }
    return "could not be connected to (" + cause + ")";
  }
}
