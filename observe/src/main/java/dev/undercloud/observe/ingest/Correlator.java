package dev.undercloud.observe.ingest;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.route.EdgeView;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.model.Marks;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts requests beside the app's lines: where the text names one, or where time and replica leave
 * only one. Lines whose request is not clear at once wait a little, for exchanges are told when
 * they end. The drain thread's alone, but for {@link #otherWork}.
 */
final class Correlator {
  /** How late a line may be seen after it was written: pipe, scheduler, line splitting. */
  static final long SEEN_LATE = 30_000;

  /** Nothing is decided by time before: a health check under way is told when it has ended. */
  static final long SHORTEST_HOLD = 250_000;

  /** Then a line is taken as it is. */
  static final long LONGEST_HOLD = 1_000_000;

  /** Lines held at most; beyond it the oldest goes as it is. */
  static final int MOST_HELD = 4_096;

  /** Replicas with a timeline; beyond it lines of new ones are told by text alone. */
  private static final int MOST_REPLICAS = 256;

  private record Name(String app, String replica) {}

  private record Held(LogEntry line, long seen) {}

  private final RecentExchanges recent;
  private final Map<Name, ReplicaTimeline> timelines = new HashMap<>();

  /** The same by unique name: one quick look an exchange. */
  private final Map<String, ReplicaTimeline> byUpstream = new HashMap<>();

  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private volatile @Nullable EdgeView edge;

  Correlator(RecentExchanges recent) {
    this.recent = recent;
  }

  void edge(EdgeView view) {
    edge = view;
  }

  /** Before the rings are read; {@code now} in wall microseconds. */
  synchronized void look(long now) {
    EdgeView view = edge;
    if (held.isEmpty() || view == null) {
      return;
    }
    for (ReplicaTimeline timeline : timelines.values()) {
      String id = timeline.upstreamId();
      timeline.look(!id.isEmpty() && view.inFlight(id) == 0, now);
    }
  }

  /** An exchange ended. */
  synchronized void exchange(ExchangeSlot slot) {
    Upstream upstream = slot.upstream;
    if (upstream == null) {
      return;
    }
    long first = Marks.first(slot.at);
    long chosen = slot.at[Stage.QUEUE.ordinal()];
    long start =
        slot.epochMicros + (chosen == ExchangeSlot.NEVER ? 0 : Math.max(0, chosen - first) / 1000);
    long end = slot.epochMicros + Math.max(0, Marks.last(slot.at) - first) / 1000;
    ReplicaTimeline own = timeline(upstream);
    if (own != null) {
      own.upstream(upstream.id(), end);
      own.add(slot.id, start, end);
    }
    if (slot.attempts > 1) {
      // It was on others before, and which is not told.
      timelines.forEach((name, timeline) -> {
        if (timeline != own && name.app.equals(upstream.app())) {
          timeline.add(ReplicaTimeline.UNKNOWN, start, end);
        }
      });
    }
  }

  /** A replica was busy with something that is no exchange: a health check. Any thread. */
  synchronized void otherWork(
      String upstream, String app, String replica, Instant from, Instant to) {
    ReplicaTimeline timeline = timeline(app, replica);
    if (timeline != null) {
      timeline.upstream(upstream, micros(to));
      timeline.add(ReplicaTimeline.HEALTH, micros(from), micros(to));
    }
  }

  private @Nullable ReplicaTimeline timeline(Upstream upstream) {
    ReplicaTimeline timeline = byUpstream.get(upstream.id());
    if (timeline == null) {
      timeline = timeline(upstream.app(), upstream.replica());
      if (timeline != null) {
        if (byUpstream.size() >= 4 * MOST_REPLICAS) {
          byUpstream.clear();
        }
        byUpstream.put(upstream.id(), timeline);
      }
    }
    return timeline;
  }

  private @Nullable ReplicaTimeline timeline(String app, String replica) {
    Name name = new Name(app, replica);
    ReplicaTimeline timeline = timelines.get(name);
    if (timeline == null && timelines.size() < MOST_REPLICAS) {
      timeline = new ReplicaTimeline();
      timelines.put(name, timeline);
    }
    return timeline;
  }

  /** The line with its request where that is clear at once, else unchanged. */
  LogEntry byText(LogEntry line) {
    if (line.requestId() != null || line.source() == LogLine.Source.BUILD) {
      return line;
    }
    long id = TextIds.find(line.message(), recent);
    return id == 0 ? line : line.with(Hex.of(id), LogEntry.Correlated.TEXT);
  }

  /** Takes a line to hold, or tells that there is nothing to wait for. */
  synchronized boolean hold(LogEntry line, long now) {
    if (line.requestId() != null
        || line.source() != LogLine.Source.APP
        || held.size() >= MOST_HELD) {
      return false;
    }
    held.add(new Held(line, now));
    return true;
  }

  /** Lets go of lines that are decided or have waited long enough, in order. */
  synchronized void release(long now, boolean all, Consumer<LogEntry> taker) {
    while (!held.isEmpty()) {
      Held first = held.peekFirst();
      long waited = now - first.seen;
      // A clock set back must not hold lines for ever.
      boolean old = all || waited < 0 || waited >= LONGEST_HOLD;
      if (!old && (waited < SHORTEST_HOLD || !settled(first.line))) {
        return;
      }
      held.removeFirst();
      taker.accept(decide(first.line));
    }
  }

  private boolean settled(LogEntry line) {
    ReplicaTimeline timeline = timelineOf(line);
    return timeline == null || timeline.settledAt(micros(line.time()));
  }

  private LogEntry decide(LogEntry line) {
    LogEntry named = byText(line);
    if (named.requestId() != null) {
      return named;
    }
    ReplicaTimeline timeline = timelineOf(line);
    long moment = micros(line.time());
    if (timeline == null || !timeline.settledAt(moment)) {
      return line;
    }
    int only = timeline.onlyOne(moment, SEEN_LATE);
    if (only == ReplicaTimeline.NONE) {
      return timeline.onlyHealth(moment, SEEN_LATE)
          ? line.with(null, LogEntry.Correlated.HEALTH)
          : line;
    }
    long id = timeline.id(only);
    boolean after = moment > timeline.end(only);
    // One that was not alone when it began may have company that is not told of yet: its client
    // is slow, and its end is still to come.
    boolean fits =
        recent
            .find(id)
            .filter(e -> e.inFlightBefore() == 0)
            .filter(e -> TargetInText.fits(line.message(), e, after))
            .isPresent();
    return fits ? line.with(Hex.of(id), LogEntry.Correlated.TIME) : line;
  }

  private @Nullable ReplicaTimeline timelineOf(LogEntry line) {
    return line.app() == null || line.replica() == null
        ? null
        : timelines.get(new Name(line.app(), line.replica()));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
