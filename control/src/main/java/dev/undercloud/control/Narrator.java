package dev.undercloud.control;

import dev.undercloud.control.plan.Crashes;
import dev.undercloud.control.plan.Event;
import dev.undercloud.control.plan.Observed;
import dev.undercloud.control.plan.Phase;
import dev.undercloud.control.plan.Replica;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what happened to replicas, each thing once: a crash loop is one sentence, not fifty. */
final class Narrator {
  private final Voice voice;

  Narrator(Voice voice) {
    this.voice = voice;
  }

  void tell(
      Event event, Observed before, Observed after, long now, Map<Replica.Key, Tail> lastWords) {
    String id =
        switch (event) {
          case Event.Passed e -> e.id();
          case Event.Missed e -> e.id();
          case Event.Exited e -> e.id();
          case Event.GivenUp e -> e.id();
          case Event.LaunchFailed e -> e.id();
          case Event.Starting _,
              Event.Adopted _,
              Event.Launched _,
              Event.Draining _,
              Event.Drained _,
              Event.Stopping _,
              Event.Stopped _,
              Event.Published _ ->
              null;
        };
    Replica old = id == null ? null : before.replicas().get(id);
    if (old != null) {
      Crashes then = before.crashes(old.key());
      Crashes since = after.crashes(old.key());
      health(old, after.replicas().get(old.id()), now);
      crash(old, then, since, now, lastWords.get(old.key()));
    }
  }

  private void health(Replica old, @Nullable Replica young, long now) {
    if (young == null || young.phase() == old.phase()) {
      return;
    }
    if (young.phase() == Phase.HEALTHY) {
      String words =
          old.phase() == Phase.STARTING
              ? "is healthy after " + seconds(now - old.since())
              : "is healthy again";
      voice.note(old.slot().toString(), words);
    } else if (young.phase() == Phase.UNHEALTHY) {
      voice.note(
          old.slot().toString(),
          "is unhealthy and gets no requests until it answers: it " + young.lastMiss());
    }
  }

  private void crash(Replica old, Crashes then, Crashes since, long now, @Nullable Tail tail) {
    String name = old.slot().toString();
    if (since.total() > then.total()) {
      if (since.looping() && !then.looping()) {
        voice.note(
            name,
            "is in a crash loop, "
                + since.recent().size()
                + " failures in a minute; the latest: it "
                + since.lastReason()
                + ". From now on it is tried twice a minute at most"
                + (tail == null ? "" : "; " + tail.words()));
      } else if (!since.looping()) {
        voice.note(name, since.lastReason() + "; next try in " + seconds(since.notBefore() - now));
      }
    } else if (then.looping() && !since.looping()) {
      voice.note(name, "has left its crash loop");
    }
  }

  private static String seconds(long nanos) {
    return String.format(
        Locale.ROOT, "%.1f s", Duration.ofNanos(Math.max(0, nanos)).toMillis() / 1e3);
  }
}
