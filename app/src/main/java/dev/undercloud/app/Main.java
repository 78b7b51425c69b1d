package dev.undercloud.app;

import dev.undercloud.app.cli.Undercloud;

/** The one entry point of every role. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(Undercloud.run(arguments, System.getenv()));
  }
}
