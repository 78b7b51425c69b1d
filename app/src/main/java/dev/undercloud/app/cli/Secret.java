package dev.undercloud.app.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Reads what should not be seen: without echo from a terminal, else the first line of the input.
 */
final class Secret {
  private Secret() {}

  /** Blocks until a line is there; empty at the end of the input. */
  static char[] read(String prompt) throws IOException {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      char[] typed = console.readPassword("%s", prompt);
      return typed == null ? new char[0] : typed;
    }
    // The rest of the input is nobody's: this process ends behind it.
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return line == null ? new char[0] : line.toCharArray();
  }
}
