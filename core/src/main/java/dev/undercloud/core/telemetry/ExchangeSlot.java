package dev.undercloud.core.telemetry;

import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.route.Upstream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One exchange while it happens, as reused primitive fields: the request path allocates nothing to
 * be observed. Written by the one event loop that owns the exchange, then copied into an {@link
 * ExchangeRing}. Fields are public because this is a struct, not an object.
 */
public final class ExchangeSlot {
  /** Longest method kept; longer ones are cut. */
  public static final int METHOD_BYTES = 16;

  /** Longest request target kept; longer ones are cut, and {@link #targetCut} says so. */
  public static final int TARGET_BYTES = 512;

  /** Longest Host and User-Agent kept. */
  public static final int TEXT_BYTES = 128;

  /** No moment: {@link #at} of a stage that did not happen. */
  public static final long NEVER = Long.MIN_VALUE;

  /** The request id, which is also the edge's span id; written as 16 hexadecimal digits. */
  public long id;

  public long traceHigh;
  public long traceLow;

  /** The client's span where it sent a traceparent, else 0. */
  public long parentSpan;

  /** Whether the client's traceparent asked for sampling; true where we started the trace. */
  public boolean sampled;

  /** Wall time of the first moment, in microseconds since 1970. */
  public long epochMicros;

  /** Monotonic nanoseconds of each {@link Stage}, or {@link #NEVER}. */
  public final long[] at = new long[Stage.COUNT];

  public final byte[] method = new byte[METHOD_BYTES];
  public int methodLength;
  public final byte[] target = new byte[TARGET_BYTES];
  public int targetLength;
  public boolean targetCut;
  public final byte[] host = new byte[TEXT_BYTES];
  public int hostLength;
  public final byte[] userAgent = new byte[TEXT_BYTES];
  public int userAgentLength;

  /** HTTP version of the client's side, times ten: 10, 11, 20. */
  public int version;

  /** The client's address as text, shared by all exchanges of its connection. */
  public String client = "";

  public @Nullable String app;
  public @Nullable Upstream upstream;

  /** 0 where no response was sent. */
  public int status;

  /** Body bytes from the client, without framing. */
  public long requestBytes;

  /** Body bytes to the client, without framing. */
  public long responseBytes;

  /** Replicas tried, 0 where none was. */
  public int attempts;

  /** Whether the connection to the replica came from the pool. */
  public boolean reused;

  /** Exchanges in flight on the chosen replica when it was chosen, this one excluded. */
  public int inFlightBefore;

  public CacheUse cache = CacheUse.NONE;

  /** Seconds, of the stored response that was sent. */
  public long cacheAge;

  public Outcome outcome = Outcome.COMPLETE;

  /** Why it failed, in words that the error page shows too; null where it did not. */
  public @Nullable String error;

  public AnsweredBy by = AnsweredBy.APP;

  /** The route that decided about it; null where none did. */
  public @Nullable RouteRule route;

  /** The target that the app got in place of the client's; {@link #rewrittenLength} bytes. */
  public byte @Nullable [] rewritten;

  /** 0 where the app got the client's own target. */
  public int rewrittenLength;

  public CacheReason cacheReason = CacheReason.NONE;

  /** Whether the response was stored for others. */
  public boolean stored;

  /** Whether a copy of the request went to another app. */
  public boolean mirrored;

  /** Whether this is such a copy, whose response nobody gets. */
  public boolean copy;

  /** Requests that the route's rate limit still had left; negative where it has none. */
  public int limitLeft = -1;

  /** TLS version of the client's connection, times ten: 12, 13; 0 where it is not encrypted. */
  public int tls;

  public BodyCoding coding = BodyCoding.NONE;

  /** Body bytes to the client once compressed; 0 where {@link #coding} is none. */
  public long sentBytes;

  /** The last replica that failed this request, with those before; null where none did. */
  public @Nullable FailedAttempt failed;

  /** Notes the target that the app gets. */
  public void rewritten(byte[] from, int length) {
    rewrittenLength = Math.min(length, TARGET_BYTES);
    System.arraycopy(from, 0, rewritten(), 0, rewrittenLength);
  }

  /** Room for a target; most exchanges need none. */
  byte[] rewritten() {
    byte[] room = rewritten;
    if (room == null) {
      room = new byte[TARGET_BYTES];
      rewritten = room;
    }
    return room;
  }

  /** What rules and cache said is forgotten: the request is routed again. */
  public void clearRules() {
    by = AnsweredBy.APP;
    route = null;
    rewrittenLength = 0;
    cache = CacheUse.NONE;
    cacheReason = CacheReason.NONE;
    limitLeft = -1;
    mirrored = false;
  }

  /** Makes it as new. */
  public void clear() {
    id = traceHigh = traceLow = parentSpan = 0;
    sampled = true;
    epochMicros = 0;
    Arrays.fill(at, NEVER);
    methodLength = targetLength = hostLength = userAgentLength = 0;
    targetCut = false;
    version = 11;
    client = "";
    app = null;
    upstream = null;
    status = 0;
    requestBytes = responseBytes = 0;
    attempts = 0;
    reused = false;
    inFlightBefore = 0;
    cache = CacheUse.NONE;
    cacheAge = 0;
    outcome = Outcome.COMPLETE;
    error = null;
    clearRules();
    stored = copy = false;
    tls = 0;
    coding = BodyCoding.NONE;
    sentBytes = 0;
    failed = null;
  }

  /** Makes this a copy of {@code from}. */
  public void copy(ExchangeSlot from) {
    id = from.id;
    traceHigh = from.traceHigh;
    traceLow = from.traceLow;
    parentSpan = from.parentSpan;
    sampled = from.sampled;
    epochMicros = from.epochMicros;
    System.arraycopy(from.at, 0, at, 0, Stage.COUNT);
    methodLength = text(from.method, from.methodLength, method);
    targetLength = text(from.target, from.targetLength, target);
    targetCut = from.targetCut;
    hostLength = text(from.host, from.hostLength, host);
    userAgentLength = text(from.userAgent, from.userAgentLength, userAgent);
    version = from.version;
    client = from.client;
    app = from.app;
    upstream = from.upstream;
    status = from.status;
    requestBytes = from.requestBytes;
    responseBytes = from.responseBytes;
    attempts = from.attempts;
    reused = from.reused;
    inFlightBefore = from.inFlightBefore;
    cache = from.cache;
    cacheAge = from.cacheAge;
    outcome = from.outcome;
    error = from.error;
    by = from.by;
    route = from.route;
    rewrittenLength = 0;
    byte[] other = from.rewritten;
    if (other != null && from.rewrittenLength > 0) {
      rewritten(other, from.rewrittenLength);
    }
    cacheReason = from.cacheReason;
    stored = from.stored;
    mirrored = from.mirrored;
    copy = from.copy;
    limitLeft = from.limitLeft;
    tls = from.tls;
    coding = from.coding;
    sentBytes = from.sentBytes;
    failed = from.failed;
  }

  private static int text(byte[] from, int length, byte[] to) {
    System.arraycopy(from, 0, to, 0, length);
    return length;
  }
}
