package dev.undercloud.observe.ingest;

import dev.undercloud.core.watch.Watch;
import dev.undercloud.observe.live.Feed;
import dev.undercloud.observe.model.LogEntry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Whoever reads the log as it comes: {@code logs -f}, the screen of {@code up}, the console. */
public final class Followers {
  private record Follower(Feed<LogEntry> feed, Predicate<LogEntry> wanted, boolean decided) {}

  private final List<Follower> all = new CopyOnWriteArrayList<>();

  /**
   * Adds one.
   *
   * @param wanted looked at on the drain thread: quick
   * @param decided whether it waits until a line's request is known, up to a second
   * @param first runs before the first line, on the follower's own virtual thread
   * @param follower called there, in order; may block
   */
  public Watch.Subscription add(
      Predicate<LogEntry> wanted,
      boolean decided,
      Runnable first,
      Consumer<? super LogEntry> follower) {
    Feed<LogEntry> feed =
        new Feed<>(
            "log-follower", first, follower, closed -> all.removeIf(f -> f.feed() == closed));
    all.add(new Follower(feed, wanted, decided));
    return feed.start();
  }

  boolean wantAccess() {
    return !all.isEmpty();
  }

  /** A line as it came in. */
  void now(LogEntry line) {
    tell(line, false);
  }

  /** A line whose request is known or never will be. */
  void decided(LogEntry line) {
    tell(line, true);
  }

  private void tell(LogEntry line, boolean decided) {
    for (Follower follower : all) {
      if (follower.decided == decided && follower.wanted.test(line)) {
        follower.feed.offer(line);
      }
    }
  }

  /** Ends all. */
  public void close() {
    all.forEach(f -> f.feed().close());
  }
}
