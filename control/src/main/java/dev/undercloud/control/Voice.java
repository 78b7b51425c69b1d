package dev.undercloud.control;

import dev.undercloud.control.journal.EventRow;
import dev.undercloud.control.journal.Journal;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogLine.Source;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What control has to say: to the log at once, and the notable into the journal a little later. */
final class Voice {
  private final LogSink log;
  private final Clock clock;
  private final Journal journal;
  private final ConcurrentLinkedQueue<EventRow> notable = new ConcurrentLinkedQueue<>();
  private volatile @Nullable String app;

  Voice(LogSink log, Clock clock, Journal journal) {
    this.log = log;
    this.clock = clock;
    this.journal = journal;
  }

  void app(String name) {
    app = name;
  }

  /** A line of a replica's output. */
  void output(Live live, String text) {
    live.tail.add(text);
    log.log(new LogLine(clock.now(), Source.APP, app, live.name(), null, text));
  }

  void build(String text) {
    line(Source.BUILD, null, text);
  }

  /**
   * Worth a line.
   *
   * @param replica the subject of the sentence; null where the sentence has its own
   */
  void say(@Nullable String replica, String sentence) {
    line(Source.CONTROL, replica, whole(replica, sentence));
  }

  /** Worth remembering. */
  void note(@Nullable String replica, String sentence) {
    say(replica, sentence);
    notable.add(new EventRow(clock.now(), whole(replica, sentence)));
  }

  void note(Problem problem) {
    String where = problem.where() == null ? "" : " (" + problem.where() + ")";
    note(null, problem.what() + where + ": " + problem.why() + "\n" + problem.remedy());
  }

  private static String whole(@Nullable String replica, String sentence) {
    return replica == null ? sentence : replica + " " + sentence;
  }

  /**
   * Writes what is notable into the journal; a journal that fails has been complained of before.
   */
  void flush() {
    for (EventRow row = notable.poll(); row != null; row = notable.poll()) {
      try {
        journal.event(row);
      } catch (CloudException e) {
        notable.clear();
      }
    }
  }

  private void line(Source source, @Nullable String replica, String text) {
    // An error with an app's last lines is several lines of the log.
    text.lines().forEach(one -> log.log(new LogLine(clock.now(), source, app, replica, null, one)));
  }
}
