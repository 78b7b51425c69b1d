package dev.undercloud.edge.proxy;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong at the edge, as log lines; never a line for a request that went well. One per
 * event loop.
 */
final class FailureLog {
  /** Enough to see what is happening; a storm of failures must not become a storm of lines. */
  private static final int LINES_PER_SECOND = 20;

  private static final long SECOND = 1_000_000_000;

  private final LogSink sink;
  private final Clock clock;
  private long second;
  private int lines;
  private long suppressed;

  FailureLog(LogSink sink, Clock clock) {
    this.sink = sink;
    this.clock = clock;
    second = clock.nanos();
  }

  /** A failed exchange. */
  void failed(ExchangeSlot slot, String sentence) {
    Upstream upstream = slot.upstream;
    log(
        slot.app,
        upstream == null ? null : upstream.replica(),
        slot.id == 0 ? null : Hex.of(slot.id),
        sentence);
  }

  /** Something about a replica. */
  void replica(Upstream upstream, String sentence) {
    log(upstream.app(), upstream.replica(), null, sentence);
  }

  /** A peer that goes away is no news; anything else is a mistake of ours and must be seen. */
  void ifOurs(Throwable cause) {
    // What TLS calls an error comes wrapped.
    if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
      StackTraceElement[] stack = cause.getStackTrace();
      String where = stack.length == 0 ? "" : " at " + stack[0];
      log(null, null, null, "Internal error of the edge: " + cause + where);
    }
  }

  void log(@Nullable String app, @Nullable String replica, @Nullable String id, String sentence) {
    long now = clock.nanos();
    if (now - second >= SECOND) {
      second = now;
      lines = 0;
      if (suppressed > 0) {
        line(null, null, null, suppressed + " more lines of the edge were left out");
        suppressed = 0;
      }
    }
    if (lines == LINES_PER_SECOND) {
      suppressed++;
      return;
    }
    lines++;
    line(app, replica, id, sentence);
  }

  private void line(
      @Nullable String app, @Nullable String replica, @Nullable String id, String sentence) {
    sink.log(new LogLine(clock.now(), LogLine.Source.EDGE, app, replica, id, sentence));
  }
}
