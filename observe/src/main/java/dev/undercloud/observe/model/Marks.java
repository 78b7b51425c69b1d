package dev.undercloud.observe.model;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The moments of one exchange in microseconds after the first of them. Later stages are never
 * before earlier ones, so that the parts add up to the whole. Immutable.
 */
public final class Marks {
  /** A stage that did not happen. */
  public static final long NEVER = -1;

  private final long[] micros;

  private Marks(long[] micros) {
    this.micros = micros;
  }

  /** Of monotonic nanoseconds as {@link ExchangeSlot#at} has them. */
  public static Marks ofNanos(long[] at) {
    long[] out = new long[Stage.COUNT];
    long first = first(at);
    long reached = 0;
    for (int i = 0; i < Stage.COUNT; i++) {
      if (at[i] == ExchangeSlot.NEVER) {
        out[i] = NEVER;
      } else {
        reached = Math.max(reached, (at[i] - first) / 1000);
        out[i] = reached;
      }
    }
    return new Marks(out);
  }

  /** Of microseconds as {@link #micros} gives them, one a stage. */
  public static Marks ofMicros(long[] offsets) {
    return new Marks(Arrays.copyOf(offsets, Stage.COUNT));
  }

  /** The first moment that happened, in {@code at}'s own nanoseconds; 0 where none did. */
  public static long first(long[] at) {
    for (long moment : at) {
      if (moment != ExchangeSlot.NEVER) {
        return moment;
      }
    }
    return 0;
  }

  /** The last moment that happened, in {@code at}'s own nanoseconds; 0 where none did. */
  public static long last(long[] at) {
    for (int i = at.length - 1; i >= 0; i--) {
      if (at[i] != ExchangeSlot.NEVER) {
        return at[i];
      }
    }
    return 0;
  }

  /**
   * What an exchange took in nanoseconds: from the first byte of its head, so that a connection
   * opened ahead of need does not count, to its last moment. Never negative.
   */
  public static long durationNanos(long[] at) {
    long begin = at[Stage.BEGIN.ordinal()];
    return Math.max(0, last(at) - (begin == ExchangeSlot.NEVER ? first(at) : begin));
  }

  public boolean has(Stage stage) {
    return micros[stage.ordinal()] != NEVER;
  }

  /** Microseconds after the first moment, or {@link #NEVER}. */
  public long micros(Stage stage) {
    return micros[stage.ordinal()];
  }

  /** First moment to last, a wait between accept and the first byte included. */
  public long totalMicros() {
    long last = 0;
    for (long moment : micros) {
      last = Math.max(last, moment);
    }
    return last;
  }

  /** As {@link #durationNanos}, in microseconds. */
  public long durationMicros() {
    return totalMicros() - Math.max(0, micros(Stage.BEGIN));
  }

  /** What lies between neighbouring moments, in order; adds up to {@link #totalMicros}. */
  public List<Part> parts() {
    List<Part> parts = new ArrayList<>(Stage.COUNT);
    int before = -1;
    for (int i = 0; i < Stage.COUNT; i++) {
      if (micros[i] == NEVER) {
        continue;
      }
      if (before >= 0) {
        Stage stage = Stage.at(underWay(before, i));
        parts.add(new Part(stage, micros[before], micros[i] - micros[before]));
      }
      before = i;
    }
    return parts;
  }

  /**
   * What went on between two neighbouring moments. An exchange that was cut short jumps to its end:
   * what it was waiting for is the first stage that did not come, not the sending of our answer.
   *
   * @param before ordinal of the earlier stage
   * @param after ordinal of the later one
   */
  public static int underWay(int before, int after) {
    return after >= Stage.BODY.ordinal() ? before + 1 : after;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Marks marks && Arrays.equals(micros, marks.micros);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(micros);
  }

  @Override
  public String toString() {
    return "Marks" + Arrays.toString(micros);
  }
}
