package dev.undercloud.observe.log;

import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.observe.model.Marks;
import dev.undercloud.observe.model.Redaction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * An exchange as a line of JSON, names by OpenTelemetry's conventions where they have one. One
 * thread; allocates nothing for an ordinary exchange.
 *
 * <p>{@code duration_ms} counts from the first byte of the head; {@code stages} holds milliseconds
 * of each part of the waterfall by the stage that ends it.
 */
final class AccessEncoder {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String[] STAGE_KEYS = stageKeys();
  private static final String[] OUTCOMES = outcomes();

  private final JsonLine out = new JsonLine();
  private long secondOfText = Long.MIN_VALUE;
  private String secondText = "";

  JsonLine out() {
    return out;
  }

  /** Appends a line, its end included. */
  void write(ExchangeSlot e) {
    out.raw("{\"time\":\"");
    time(e.epochMicros);
    out.raw("\",\"request_id\":\"");
    out.hex(e.id);
    out.raw("\",\"trace_id\":\"");
    out.hex(e.traceHigh);
    out.hex(e.traceLow);
    out.raw("\",\"client.address\":");
    out.text(e.client);
    out.raw(",\"http.request.method\":");
    out.text(e.method, e.methodLength);
    target(e);
    out.raw(",\"server.address\":");
    out.text(e.host, e.hostLength);
    out.raw(",\"network.protocol.version\":\"");
    out.number(e.version / 10);
    out.raw('.');
    out.number(e.version % 10);
    out.raw("\",\"http.response.status_code\":");
    out.number(Math.max(0, e.status));
    out.raw(",\"duration_ms\":");
    out.millis(Marks.durationNanos(e.at) / 1000);
    out.raw(",\"http.request.body.size\":");
    out.number(Math.max(0, e.requestBytes));
    out.raw(",\"http.response.body.size\":");
    out.number(Math.max(0, e.responseBytes));
    out.raw(",\"user_agent.original\":");
    out.text(e.userAgent, e.userAgentLength);
    upstream(e);
    out.raw(",\"outcome\":\"");
    out.raw(OUTCOMES[e.outcome.ordinal()]);
    out.raw('"');
    if (e.error != null) {
      out.raw(",\"error\":");
      out.text(e.error);
    }
    stages(e.at);
    out.raw("}\n");
  }

  private void time(long micros) {
    long second = Math.floorDiv(micros, 1_000_000L);
    if (second != secondOfText) {
      secondOfText = second;
      secondText = SECOND.format(Instant.ofEpochSecond(second));
    }
    out.raw(secondText);
    out.raw('.');
    out.number(Math.floorMod(micros, 1_000_000L), 6);
    out.raw('Z');
  }

  private void target(ExchangeSlot e) {
    int mark = 0;
    while (mark < e.targetLength && e.target[mark] != '?') {
      mark++;
    }
    out.raw(",\"url.path\":");
    out.text(e.target, mark);
    if (mark < e.targetLength) {
      out.raw(",\"url.query\":");
      out.text(
          Redaction.ofQuery(
              new String(
                  e.target, mark + 1, e.targetLength - mark - 1, StandardCharsets.ISO_8859_1)));
    }
    if (e.targetCut) {
      out.raw(",\"url.cut\":true");
    }
  }

  private void upstream(ExchangeSlot e) {
    if (e.app != null) {
      out.raw(",\"app\":");
      out.text(e.app);
    }
    Upstream upstream = e.upstream;
    if (upstream != null) {
      out.raw(",\"replica\":");
      out.text(upstream.replica());
      out.raw(",\"release\":");
      out.text(upstream.release());
      out.raw(",\"attempts\":");
      out.number(Math.max(0, e.attempts));
    }
  }

  private void stages(long[] at) {
    out.raw(",\"stages\":{");
    long first = Marks.first(at);
    int before = -1;
    int some = 0;
    long reached = 0;
    for (int i = 0; i < Stage.COUNT; i++) {
      if (at[i] == ExchangeSlot.NEVER) {
        continue;
      }
      long offset = Math.max((at[i] - first) / 1000, reached);
      if (before >= 0) {
        out.raw(some == 0 ? "" : ",");
        out.raw(STAGE_KEYS[Marks.underWay(before, i)]);
        out.millis(offset - reached);
        some++;
      }
      before = i;
      reached = offset;
    }
    out.raw('}');
  }

  private static String[] stageKeys() {
    String[] keys = new String[Stage.COUNT];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "\"" + Stage.at(i).label().replace(' ', '_') + "\":";
    }
    return keys;
  }

  private static String[] outcomes() {
    Outcome[] all = Outcome.values();
    String[] names = new String[all.length];
    for (int i = 0; i < all.length; i++) {
      names[i] = all[i].name().toLowerCase(Locale.ROOT);
    }
    return names;
  }
}
