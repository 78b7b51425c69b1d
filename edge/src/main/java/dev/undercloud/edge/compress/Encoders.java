package dev.undercloud.edge.compress;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The encoders of one event loop, kept for the next response. Its thread only. */
final class Encoders {
  /** Of each coding: an encoder holds up to a MiB outside of the heap. */
  private static final int KEPT = 8;

  private final int most;
  private final ArrayDeque<Encoder>[] idle;
  private int used;

  /**
   * @param most at work at once
   */
  @SuppressWarnings("unchecked")
  Encoders(int most) {
    this.most = most;
    idle = new ArrayDeque[Coding.count()];
    for (int i = 0; i < idle.length; i++) {
      idle[i] = new ArrayDeque<>();
    }
  }

  boolean hasRoom() {
    return used < most;
  }

  Encoder take(Coding coding) {
    used++;
    Encoder kept = idle[coding.ordinal()].poll();
    return kept != null ? kept : Codecs.encoder(coding);
  }

  void giveBack(Coding coding, @Nullable Encoder encoder) {
    if (encoder == null) {
      return;
    }
    used--;
    ArrayDeque<Encoder> others = idle[coding.ordinal()];
    if (others.size() < KEPT) {
      encoder.reset();
      others.push(encoder);
    } else {
      encoder.close();
    }
  }

  int used() {
    return used;
  }

  void close() {
    for (ArrayDeque<Encoder> kept : idle) {
      kept.forEach(Encoder::close);
      kept.clear();
    }
  }
}
