package dev.undercloud.app.up;

import sun.misc.Signal;

/** SIGINT, SIGTERM and SIGHUP, which all mean: drain, and end with exit code 0. */
final class Signals {
  private Signals() {}

  /**
   * Calls {@code first} when told to end for the first time, {@code again} for each time after. A
   * shutdown hook would not do: with it the exit code is 143, which says "killed" to whoever waits
   * for us.
   */
  static void onEnd(Runnable first, Runnable again) {
    boolean[] told = {false};
    for (String name : new String[] {"INT", "TERM", "HUP"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            synchronized (told) {
              (told[0] ? again : first).run();
              told[0] = true;
            }
          });
    }
  }
}
