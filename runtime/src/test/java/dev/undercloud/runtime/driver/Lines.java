package dev.undercloud.runtime.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Keeps what a replica says, and waits for what it should say. */
public final class Lines implements Output {
  private final List<String> lines = new ArrayList<>();

  @Override
  public synchronized void line(String text) {
    lines.add(text);
    notifyAll();
  }

  public synchronized List<String> all() {
    return List.copyOf(lines);
  }

  /** Returns with the line once there is one that is equal; a hang is the test's timeout. */
  public String await(String line) {
    return await(line::equals);
  }

  /** The first line that fits. */
  public synchronized String await(Predicate<String> fits) {
    while (true) {
      for (String line : lines) {
        if (fits.test(line)) {
          return line;
        }
      }
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError("it never came; there is " + lines, e);
      }
    }
  }
}
