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

  private static final byte[] TIME = ascii("{\"time\":\"");
  private static final byte[] REQUEST_ID = ascii("\",\"request_id\":\"");
  private static final byte[] TRACE_ID = ascii("\",\"trace_id\":\"");
  private static final byte[] CLIENT_ADDRESS = ascii("\",\"client.address\":");
  private static final byte[] HTTP_REQUEST_METHOD = ascii(",\"http.request.method\":");
  private static final byte[] SERVER_ADDRESS = ascii(",\"server.address\":");
  private static final byte[] NETWORK_PROTOCOL_VERSION = ascii(",\"network.protocol.version\":\"");
  private static final byte[] HTTP_RESPONSE_STATUS_CODE =
      ascii("\",\"http.response.status_code\":");
  private static final byte[] DURATION_MS = ascii(",\"duration_ms\":");
  private static final byte[] HTTP_REQUEST_BODY_SIZE = ascii(",\"http.request.body.size\":");
  private static final byte[] HTTP_RESPONSE_BODY_SIZE = ascii(",\"http.response.body.size\":");
  private static final byte[] USER_AGENT_ORIGINAL = ascii(",\"user_agent.original\":");
  private static final byte[] OUTCOME = ascii(",\"outcome\":\"");
  private static final byte[] ERROR = ascii(",\"error\":");
  private static final byte[] END = ascii("}\n");
  private static final byte[] URL_PATH = ascii(",\"url.path\":");
  private static final byte[] URL_QUERY = ascii(",\"url.query\":");
  private static final byte[] URL_CUT_TRUE = ascii(",\"url.cut\":true");
  private static final byte[] APP = ascii(",\"app\":");
  private static final byte[] REPLICA = ascii(",\"replica\":");
  private static final byte[] RELEASE = ascii(",\"release\":");
  private static final byte[] ATTEMPTS = ascii(",\"attempts\":");
  private static final byte[] STAGES = ascii(",\"stages\":{");

  private static final byte[][] STAGE_KEYS = stageKeys();
  private static final byte[][] OUTCOMES = outcomes();

  private final JsonLine out = new JsonLine();
  private long secondOfText = Long.MIN_VALUE;
  private byte[] secondText = {};

  JsonLine out() {
    return out;
  }

  /** Appends a line, its end included. */
  void write(ExchangeSlot e) {
    out.raw(TIME);
    time(e.epochMicros);
    out.raw(REQUEST_ID);
    out.hex(e.id);
    out.raw(TRACE_ID);
    out.hex(e.traceHigh);
    out.hex(e.traceLow);
    out.raw(CLIENT_ADDRESS);
    out.text(e.client);
    out.raw(HTTP_REQUEST_METHOD);
    out.text(e.method, e.methodLength);
    target(e);
    out.raw(SERVER_ADDRESS);
    out.text(e.host, e.hostLength);
    out.raw(NETWORK_PROTOCOL_VERSION);
    out.number(e.version / 10);
    out.raw('.');
    out.number(e.version % 10);
    out.raw(HTTP_RESPONSE_STATUS_CODE);
    out.number(Math.max(0, e.status));
    out.raw(DURATION_MS);
    out.millis(Marks.durationNanos(e.at) / 1000);
    out.raw(HTTP_REQUEST_BODY_SIZE);
    out.number(Math.max(0, e.requestBytes));
    out.raw(HTTP_RESPONSE_BODY_SIZE);
    out.number(Math.max(0, e.responseBytes));
    out.raw(USER_AGENT_ORIGINAL);
    out.text(e.userAgent, e.userAgentLength);
    upstream(e);
    out.raw(OUTCOME);
    out.raw(OUTCOMES[e.outcome.ordinal()]);
    out.raw('"');
    if (e.error != null) {
      out.raw(ERROR);
      out.text(e.error);
    }
    stages(e.at);
    out.raw(END);
  }

  private void time(long micros) {
    long second = Math.floorDiv(micros, 1_000_000L);
    if (second != secondOfText) {
      secondOfText = second;
      secondText = ascii(SECOND.format(Instant.ofEpochSecond(second)));
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
    out.raw(URL_PATH);
    out.text(e.target, mark);
    if (mark < e.targetLength) {
      out.raw(URL_QUERY);
      out.text(
          Redaction.ofQuery(
              new String(
                  e.target, mark + 1, e.targetLength - mark - 1, StandardCharsets.ISO_8859_1)));
    }
    if (e.targetCut) {
      out.raw(URL_CUT_TRUE);
    }
  }

  private void upstream(ExchangeSlot e) {
    if (e.app != null) {
      out.raw(APP);
      out.text(e.app);
    }
    Upstream upstream = e.upstream;
    if (upstream != null) {
      out.raw(REPLICA);
      out.text(upstream.replica());
      out.raw(RELEASE);
      out.text(upstream.release());
      out.raw(ATTEMPTS);
      out.number(Math.max(0, e.attempts));
    }
  }

  private void stages(long[] at) {
    out.raw(STAGES);
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
        if (some > 0) {
          out.raw(',');
        }
        out.raw(STAGE_KEYS[Marks.underWay(before, i)]);
        out.millis(offset - reached);
        some++;
      }
      before = i;
      reached = offset;
    }
    out.raw('}');
  }

  private static byte[][] stageKeys() {
    byte[][] keys = new byte[Stage.COUNT][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ascii("\"" + Stage.at(i).label().replace(' ', '_') + "\":");
    }
    return keys;
  }

  private static byte[][] outcomes() {
    Outcome[] all = Outcome.values();
    byte[][] names = new byte[all.length][];
    for (int i = 0; i < all.length; i++) {
      names[i] = ascii(all[i].name().toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
