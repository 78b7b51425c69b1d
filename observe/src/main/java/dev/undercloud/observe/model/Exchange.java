package dev.undercloud.observe.model;

import dev.undercloud.core.id.Hex;
import dev.undercloud.core.route.Upstream;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One exchange that has ended. Immutable.
 *
 * @param id request id and span id; {@link #requestId} is its text
 * @param parentSpan the client's span; 0 where it sent none
 * @param epochMicros wall time of the first moment
 * @param path of the target, without query
 * @param query without question mark, secrets in it replaced; null where there was none
 * @param version of HTTP on the client's side, times ten
 * @param app null where no app was chosen
 * @param replica {@code web.1}; null where none was chosen
 * @param upstreamId unique name of that replica
 * @param release what it ran
 * @param status 0 where no response was sent
 * @param requestBytes body bytes from the client
 * @param responseBytes body bytes to the client
 * @param attempts replicas tried
 * @param reused whether the connection to the replica came from the pool
 * @param inFlightBefore others in flight on the replica when it was chosen
 * @param error why it failed, in words
 * @param cache what the HTTP cache had to do with it
 * @param cacheAge age of the stored response that was sent, in seconds
 * @param lookup the DNS question that its connection followed; null where it opened none or none is
 *     known to be its own
 */
public record Exchange(
    long id,
    long traceHigh,
    long traceLow,
    long parentSpan,
    long epochMicros,
    String method,
    String path,
    @Nullable String query,
    String host,
    String userAgent,
    String client,
    int version,
    @Nullable String app,
    @Nullable String replica,
    @Nullable String upstreamId,
    @Nullable String release,
    int status,
    long requestBytes,
    long responseBytes,
    int attempts,
    boolean reused,
    int inFlightBefore,
    Outcome outcome,
    @Nullable String error,
    CacheUse cache,
    long cacheAge,
    @Nullable Lookup lookup,
    Marks marks) {

  /** Copies what a slot holds, secrets in the query replaced. */
  public static Exchange of(ExchangeSlot slot) {
    return of(slot, null);
  }

  /** The same with the DNS question before it. */
  public static Exchange of(ExchangeSlot slot, @Nullable Lookup lookup) {
    String target = text(slot.target, slot.targetLength) + (slot.targetCut ? "…" : "");
    int mark = target.indexOf('?');
    Upstream upstream = slot.upstream;
    return new Exchange(
        slot.id,
        slot.traceHigh,
        slot.traceLow,
        slot.parentSpan,
        slot.epochMicros,
        text(slot.method, slot.methodLength),
        mark < 0 ? target : target.substring(0, mark),
        mark < 0 ? null : Redaction.ofQuery(target.substring(mark + 1)),
        text(slot.host, slot.hostLength),
        text(slot.userAgent, slot.userAgentLength),
        slot.client,
        slot.version,
        slot.app,
        upstream == null ? null : upstream.replica(),
        upstream == null ? null : upstream.id(),
        upstream == null ? null : upstream.release(),
        slot.status,
        slot.requestBytes,
        slot.responseBytes,
        slot.attempts,
        slot.reused,
        slot.inFlightBefore,
        slot.outcome,
        slot.error,
        slot.cache,
        slot.cacheAge,
        lookup,
        Marks.ofNanos(slot.at));
  }

  /**
   * Whether it counts as an error: the app or we failed, not the client, which a 4xx or a client
   * gone would mean.
   */
  public static boolean failed(int status, Outcome outcome) {
    return status >= 500
        || outcome == Outcome.UPSTREAM_ABORTED
        || (outcome == Outcome.TIMED_OUT && status != 408);
  }

  public boolean failed() {
    return failed(status, outcome);
  }

  /** 16 hexadecimal digits. */
  public String requestId() {
    return Hex.of(id);
  }

  /** 32 hexadecimal digits. */
  public String traceId() {
    return Hex.of(traceHigh) + Hex.of(traceLow);
  }

  public Instant time() {
    return Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
  }

  /** Path and query as they may be shown. */
  public String target() {
    return query == null ? path : path + "?" + query;
  }

  /** From the first byte of the head to the last moment. */
  public double millis() {
    return marks.durationMicros() / 1000.0;
  }

  /** Wall time of the last moment, in microseconds. */
  public long endMicros() {
    return epochMicros + marks.totalMicros();
  }

  /** Every byte is a character: nothing a client sends can fail to be text. */
  private static String text(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }
}
