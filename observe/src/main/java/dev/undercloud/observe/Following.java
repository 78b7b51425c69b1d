package dev.undercloud.observe;

import dev.undercloud.core.watch.Watch;
import dev.undercloud.observe.ingest.Followers;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.query.History;
import dev.undercloud.observe.query.LogQuery;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** First what is there, then what comes, nothing twice. On the follower's own thread. */
final class Following {
  private final History history;
  private final Followers followers;
  private final LogQuery query;
  private final boolean decided;
  private final Consumer<? super LogEntry> follower;

  /**
   * Told at first, in case they come again by the feed; access lines of the store have no number.
   */
  private final Set<String> told = new HashSet<>();

  Following(
      History history,
      Followers followers,
      LogQuery query,
      boolean decided,
      Consumer<? super LogEntry> follower) {
    // A request's lines can be told only when it is known which they are.
    this.decided = decided || query.requestId() != null;
    this.history = history;
    this.followers = followers;
    this.query = query;
    this.follower = follower;
  }

  Watch.Subscription start() {
    return followers.add(query::matches, decided, this::first, this::next);
  }

  private void first() {
    // Without a time or a request only the latest are meant: memory has them, and DuckDB is not
    // loaded for a screen that has just been opened.
    boolean latest = query.since() == null && query.requestId() == null;
    for (LogEntry line : latest ? history.remembered(query) : history.logLines(query)) {
      told.add(key(line));
      follower.accept(line);
    }
  }

  private void next(LogEntry line) {
    if (told.isEmpty() || !told.remove(key(line))) {
      follower.accept(line);
    }
  }

  private static String key(LogEntry line) {
    return line.time() + " " + line.source() + " " + line.message();
  }
}
