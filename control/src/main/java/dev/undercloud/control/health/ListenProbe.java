package dev.undercloud.control.health;

import java.util.List;

/** Tells where a replica listens really, for an app that was written for a fixed port. */
@FunctionalInterface
public interface ListenProbe {
  /**
   * Addresses, in words, that processes of the group led by {@code pid} listen on: {@code
   * 127.0.0.1:5000}. Empty where nothing is known.
   */
  List<String> listening(long pid);

  /** Knows nothing. */
  ListenProbe NONE = pid -> List.of();
}
