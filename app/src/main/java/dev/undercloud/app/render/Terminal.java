package dev.undercloud.app.render;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Standard output as people or pipes read it: colour and a live last line on a terminal, plain
 * lines in a pipe. Safe for any thread.
 */
public final class Terminal {
  private static final int USUAL_WIDTH = 100;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final boolean colour;
  private final int width;
  private String footer = "";

  private Terminal(PrintStream out, boolean terminal, boolean colour, int width) {
    this.out = out;
    this.terminal = terminal;
    this.colour = colour;
    this.width = width;
  }

  public static Terminal of(Map<String, String> environment) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    boolean colour = terminal && !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    return new Terminal(out, terminal && !dumb, colour, width(environment, terminal && !dumb));
  }

  /** Lines as a pipe gets them, into {@code out}. */
  public static Terminal plain(PrintStream out) {
    return new Terminal(out, false, false, USUAL_WIDTH);
  }

  /** As COLUMNS says, which shells seldom export, else as the terminal says. */
  private static int width(Map<String, String> environment, boolean terminal) {
    try {
      String said = environment.getOrDefault("COLUMNS", terminal ? askTerminal() : "");
      return said.isBlank() ? USUAL_WIDTH : Math.clamp(Integer.parseInt(said), 40, 400);
    } catch (IOException | NumberFormatException odd) {
      return USUAL_WIDTH;
    }
  }

  /** {@code stty size} says rows and columns of its standard input, which is ours. */
  private static String askTerminal() throws IOException {
    Process stty =
        new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader answer = stty.inputReader(StandardCharsets.US_ASCII)) {
      String line = answer.readLine();
      return line == null ? "" : line.substring(line.indexOf(' ') + 1);
    }
  }

  public boolean isTerminal() {
    return terminal;
  }

  public int width() {
    return width;
  }

  /** Writes a line above the footer. */
  public synchronized void line(String text) {
    if (footer.isEmpty()) {
      out.println(text);
    } else {
      out.print(CLEAR_LINE + text + "\n" + footer);
    }
    out.flush();
  }

  /** Writes what may hold several lines. */
  public void lines(String text) {
    text.lines().forEach(this::line);
  }

  /** Replaces the live last line; without a terminal nothing. */
  public synchronized void footer(String text) {
    if (terminal && !text.equals(footer)) {
      footer = text;
      out.print(CLEAR_LINE + text);
      out.flush();
    }
  }

  /** Whether the reader of our output has gone: {@code undercloud logs -f | head}. */
  public boolean broken() {
    return out.checkError();
  }

  public String bold(String text) {
    return paint("1", text);
  }

  public String dim(String text) {
    return paint("2", text);
  }

  public String red(String text) {
    return paint("31", text);
  }

  public String green(String text) {
    return paint("32", text);
  }

  public String yellow(String text) {
    return paint("33", text);
  }

  public String cyan(String text) {
    return paint("36", text);
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
