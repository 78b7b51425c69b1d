package dev.undercloud.runtime.driver;

import java.util.List;

/** What holds work that is no replica, such as a build, to a part of the machine. Any thread. */
@FunctionalInterface
public interface Confinement {
  /** No bounds but those of the machine. */
  Confinement NONE = () -> new Held(List.of(), () -> {});

  /** Makes room for one piece of work. Never fails: where nothing can be bounded, nothing is. */
  Held enter();

  /**
   * @param words what executes the words behind them within the bounds; may be empty
   * @param end ends whatever is left in there
   */
  record Held(List<String> words, Runnable end) implements AutoCloseable {
    public Held {
      words = List.copyOf(words);
    }

    @Override
    public void close() {
      end.run();
    }
  }
}
