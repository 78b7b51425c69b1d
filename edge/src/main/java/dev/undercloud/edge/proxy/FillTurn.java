package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.cache.Entry;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.cache.Key;
import dev.undercloud.edge.cache.Verdict;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that the cache knows more about than that it is one: it may wait for another one's
 * response, ask whether what is stored still holds (RFC 9111, 4.3), and answer with that where the
 * app says so, or fails. Used once.
 */
final class FillTurn extends CacheTurn {
  /** The client's own, judged by what is stored once that is known to hold. */
  private static final byte[][] CONDITIONS = {
    Octets.ascii("if-none-match"),
    Octets.ascii("if-modified-since"),
    Octets.ascii("if-range"),
    Octets.ascii("range"),
  };

  private static final int NOT_MODIFIED = 304;

  private final CacheStep step;
  private final Key key;
  private final CacheRule rule;

  /** The client's head. */
  private final byte[] kept;

  private @Nullable Entry entry;

  /** What the disk had. */
  private List<Entry> loaded = List.of();

  private final String why;
  private byte[] status = CacheStep.HIT;

  /** So often it waits for another one, should the one before fail. */
  private int waits = 3;

  private boolean validates;
  private boolean collapses;
  private boolean fromDisk;
  private boolean leads;
  private boolean background;

  /** It waited for another one's response. */
  private boolean waited;

  FillTurn(
      CacheStep step, Key key, CacheRule rule, byte[] kept, @Nullable Entry entry, String why) {
    this.step = step;
    this.key = key;
    this.rule = rule;
    this.kept = kept;
    this.entry = entry;
    this.why = why;
  }

  Key key() {
    return key;
  }

  /** Waits for whoever asks already, or lets others wait. */
  FillTurn collapsing() {
    collapses = true;
    return this;
  }

  FillTurn awaitingDisk() {
    fromDisk = true;
    return this;
  }

  /** Others wait for this one, which has no client. */
  FillTurn leading() {
    leads = background = true;
    validating();
    return this;
  }

  /** Makes the request that the loop is about to rewrite ask for what is stored (4.3.1). */
  void validating() {
    Entry stored = entry;
    String lines = stored == null ? "" : stored.validators();
    validates = !lines.isEmpty();
    step.loop.requestEdits.also(lines.getBytes(StandardCharsets.ISO_8859_1), CONDITIONS);
  }

  // ---------------------------------------------------------------- waiting

  @Override
  boolean holds(Exchange exchange, long now) {
    HttpCache cache = step.cache;
    Loop loop = step.loop;
    if (fromDisk) {
      fromDisk = false;
      return cache.load(
          key,
          read ->
              loop.execute(() -> {
                loaded = read;
                wakes(exchange);
              }));
    }
    Runnable wake = () -> loop.execute(() -> wakes(exchange));
    if (!collapses) {
      return false;
    }
    collapses = false;
    if (cache.takeOff(key)) {
      leads = true;
      return false;
    }
    waited = true;
    return cache.await(key, wake);
  }

  @Override
  void wakes(Exchange exchange) {
    if (!exchange.isHeldBy(this)) {
      return;
    }
    RequestHead head = step.again;
    if (head.parse(kept, 0, kept.length) > 0) {
      step.asked.read(head, kept, exchange.ownCookie());
      Entry found = step.cache.find(key, head.fields, kept);
      if (found == null) {
        found = HttpCache.find(loaded, head.fields, kept);
      }
      long now = step.loop.nanos();
      if (found != null) {
        Verdict verdict = step.verdict(found, head, kept, now);
        if (verdict != Verdict.REVALIDATE && verdict != Verdict.MISS) {
          exchange.slot.cacheReason = waited ? CacheReason.COLLAPSED : CacheReason.NONE;
          answer(exchange, found, head, CacheStep.HIT);
          return;
        }
        if (verdict == Verdict.REVALIDATE && entry == null) {
          // The request is written already and asks for the whole; but it may still fail.
          entry = found;
        }
      }
    }
    if (!waitsAgain(exchange)) {
      exchange.proceed();
    }
  }

  /**
   * Whoever was waited for has failed, or went away: one of those who waited goes next, and the
   * others wait for that one, as long as their patience lasts.
   */
  private boolean waitsAgain(Exchange exchange) {
    long since = step.loop.nanos() - exchange.slot.at[Stage.ROUTE.ordinal()];
    HttpCache cache = step.cache;
    boolean worth =
        waits > 0 && since < PATIENCE_NANOS && !cache.has(key) && cache.isWorthWaiting(key, rule);
    if (!worth) {
      return false;
    }
    waits--;
    if (cache.takeOff(key)) {
      leads = true;
      return false;
    }
    return cache.await(key, () -> step.loop.execute(() -> wakes(exchange)));
  }

  private void answer(Exchange exchange, Entry stored, RequestHead head, byte[] status) {
    long now = step.loop.nanos();
    exchange.slot.by = AnsweredBy.CACHE;
    exchange.slot.cache = stored.left(now) > 0 ? CacheUse.HIT : CacheUse.STALE;
    exchange.slot.cacheAge = stored.age(now);
    exchange.respond(step.reply(exchange, stored, head.fields, kept, status, now));
  }

  // ---------------------------------------------------------------- the app's answer

  @Override
  void response(Exchange exchange, ByteBuf request) {
    Loop loop = step.loop;
    Entry stored = entry;
    if (exchange.toHead()) {
      if (stored != null && loop.response.status == 200) {
        step.cache.compare(
            stored, loop.response, loop.in, rule, loop.nanos(), delay(exchange), stamp(exchange));
      }
      return;
    }
    exchange.toClient.filterFirst(step.store(exchange, request, key, rule, why, this::over));
  }

  private long delay(Exchange exchange) {
    return step.loop.nanos() - exchange.slot.at[Stage.CONNECT.ordinal()];
  }

  private static long stamp(Exchange exchange) {
    return exchange.cacheStamp;
  }

  @Override
  boolean takes(Exchange exchange) {
    Entry stored = entry;
    if (stored == null) {
      return false;
    }
    int answered = step.loop.response.status;
    if (answered == NOT_MODIFIED && validates) {
      freshen(exchange, stored);
      status = Octets.ascii("fwd=stale; fwd-status=304");
      return true;
    }
    if (isFailure(answered) && !background && servesOnError(exchange, stored)) {
      status = Octets.ascii("fwd=stale; fwd-status=" + answered + "; detail=stale-if-error");
      exchange.slot.cacheReason = CacheReason.ON_ERROR;
      return true;
    }
    return false;
  }

  private void freshen(Exchange exchange, Entry stored) {
    Loop loop = step.loop;
    Entry fresh =
        step.cache.freshened(stored, loop.response, loop.in, rule, loop.nanos(), delay(exchange));
    if (fresh != null) {
      step.cache.store(fresh, stamp(exchange));
      entry = fresh;
    }
    exchange.slot.cache = CacheUse.REVALIDATED;
    land();
  }

  private static boolean isFailure(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  private boolean servesOnError(Exchange exchange, Entry stored) {
    readKept(exchange);
    return stored.mayServeOnError(step.asked, step.loop.nanos());
  }

  /** The client's head and what it asks of the cache are read again. */
  private RequestHead readKept(Exchange exchange) {
    RequestHead head = step.again;
    if (head.parse(kept, 0, kept.length) < 0) {
      throw new IllegalStateException("a head that was parsed makes no sense any more");
    }
    step.asked.read(head, kept, exchange.ownCookie());
    return head;
  }

  @Override
  void taken(Exchange exchange) {
    Entry stored = entry;
    if (background || stored == null) {
      exchange.conclude();
      return;
    }
    respond(exchange, stored);
  }

  private void respond(Exchange exchange, Entry stored) {
    RequestHead head = readKept(exchange);
    CacheUse use = exchange.slot.cache;
    answer(exchange, stored, head, status);
    if (use == CacheUse.REVALIDATED) {
      exchange.slot.cache = use;
    }
  }

  @Override
  boolean failed(Exchange exchange) {
    Entry stored = entry;
    if (stored == null || background) {
      return false;
    }
    readKept(exchange);
    if (!stored.mayServeAlone(step.asked, step.loop.nanos())) {
      return false;
    }
    entry = null;
    status = Octets.ascii("fwd=stale; detail=no-replica");
    exchange.slot.cacheReason = CacheReason.ON_ERROR;
    respond(exchange, stored);
    return true;
  }

  private void land() {
    if (leads) {
      leads = false;
      step.cache.land(key);
    }
  }

  @Override
  boolean asksItself() {
    return validates;
  }

  /** What that one says is not what is stored under this key; others need not wait for it. */
  @Override
  @Nullable CacheTurn forAnother() {
    land();
    return null;
  }

  @Override
  void over() {
    land();
  }
}
