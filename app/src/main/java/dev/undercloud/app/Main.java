package dev.undercloud.app;

import dev.undercloud.app.cli.Undercloud;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The one entry point of every role. */
public final class Main {
  /** Held, since loggers are collected when nobody holds them, and their level with them. */
  private static final Logger LIBRARIES = Logger.getLogger("");

  private Main() {}

  public static void main(String[] arguments) {
    quiet();
    System.exit(Undercloud.run(arguments, System.getenv()));
  }

  /** Libraries speak on standard error of what is wrong, not of how they start. */
  static void quiet() {
    LIBRARIES.setLevel(Level.WARNING);
  }
}
