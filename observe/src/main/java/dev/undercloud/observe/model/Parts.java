package dev.undercloud.observe.model;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The waterfall of an exchange: what lies between its moments, each failed attempt by itself. */
public final class Parts {
  private static final String IN_THE_EDGE = "answering in the edge";

  /** Choosing alone never takes so long, in microseconds: nobody was there to be chosen. */
  private static final long LONG_CHOICE = 5_000;

  private final Exchange e;
  private final List<Part> parts = new ArrayList<>();

  private Parts(Exchange e) {
    this.e = e;
  }

  /** In order; they add up to {@link Marks#totalMicros}. */
  public static List<Part> of(Exchange e) {
    Parts parts = new Parts(e);
    e.marks().parts().forEach(parts::add);
    return List.copyOf(parts.parts);
  }

  private void add(Part part) {
    long at = part.startMicros();
    long end = at + part.micros();
    boolean cut = false;
    for (Tried each : e.handling().tried()) {
      long from = Math.max(at, each.startMicros());
      long to = Math.min(end, each.startMicros() + each.micros());
      if (to <= from) {
        continue;
      }
      cut = true;
      piece(part, at, from, name(part, from - at));
      piece(part, from, to, each.replica() + " failed");
      at = to;
    }
    if (!cut) {
      parts.add(new Part(part.stage(), at, end - at, name(part, end - at)));
    } else {
      boolean goesOn = part.stage() == Stage.QUEUE || !byEdge();
      piece(part, at, end, goesOn ? name(part, end - at) : IN_THE_EDGE);
    }
  }

  private void piece(Part of, long from, long to, @Nullable String label) {
    if (to > from) {
      parts.add(new Part(of.stage(), from, to - from, label));
    }
  }

  private boolean byEdge() {
    return e.outcome() == Outcome.ANSWERED_BY_EDGE;
  }

  private @Nullable String name(Part part, long micros) {
    boolean choosing = part.stage() == Stage.QUEUE && (e.replica() != null || !byEdge());
    return choosing && micros > LONG_CHOICE ? "waiting for a replica" : nameInEdge(part);
  }

  private @Nullable String nameInEdge(Part part) {
    if (part.stage() != Stage.QUEUE || !byEdge() || e.replica() != null) {
      return null;
    }
    AnsweredBy by = e.handling().by();
    if (e.handling().reason() == CacheReason.COLLAPSED) {
      return "waiting for the same response";
    }
    return switch (by) {
      case CACHE -> "answering from the cache";
      case FILE -> "sending the file";
      case OVERLOAD, NO_REPLICA -> "waiting for a replica";
      default -> IN_THE_EDGE;
    };
  }
}
