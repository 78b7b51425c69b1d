package dev.undercloud.edge.proxy;

import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.CacheReason;
import dev.undercloud.core.telemetry.CacheUse;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.cache.Asked;
import dev.undercloud.edge.cache.Conditions;
import dev.undercloud.edge.cache.Entry;
import dev.undercloud.edge.cache.Facts;
import dev.undercloud.edge.cache.Fill;
import dev.undercloud.edge.cache.HttpCache;
import dev.undercloud.edge.cache.Key;
import dev.undercloud.edge.cache.Origin;
import dev.undercloud.edge.cache.Reply;
import dev.undercloud.edge.cache.Verdict;
import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.compress.Compressor;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.Octets;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.rule.Route;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cache's place before the choice of a replica (RFC 9111): answers from what is stored, or says
 * what is to be done with the response. One for each event loop, on its thread only.
 */
final class CacheStep {
  static final byte[] HIT = Octets.ascii("hit");

  final Loop loop;
  final HttpCache cache;
  final Asked asked = new Asked();
  final Facts facts = new Facts();

  /** Parses heads that were kept, or that replicas got. */
  final RequestHead again = new RequestHead(HeadLimits.DEFAULT);

  private final Key key = new Key();
  private final byte[] copy;
  private final PlainTurn plain = new PlainTurn(this, false);
  private final PlainTurn securePlain = new PlainTurn(this, true);
  private final InvalidateTurn change = new InvalidateTurn(this, false, null);
  private final InvalidateTurn secureChange = new InvalidateTurn(this, true, null);

  CacheStep(Loop loop, HttpCache cache) {
    this.loop = loop;
    this.cache = cache;
    copy = new byte[HeadLimits.DEFAULT.headBytes()];
  }

  /** As {@link Front#goesOn}, behind the rules. */
  boolean goesOn(Exchange exchange, App came, ClientSide peer, long now) {
    Request request = exchange.request;
    Route route = request.route;
    App app = request.instead == null ? came : request.instead;
    ClientSide client = request.side == null ? peer : request.side;
    RouteOptions options = route == null ? RouteOptions.NONE : route.options();
    return goesOn(exchange, app, options, client, now);
  }

  private boolean goesOn(
      Exchange exchange, App app, RouteOptions options, ClientSide client, long now) {
    RequestHead head = loop.request;
    boolean secure = client.secure;
    CacheRule rule = options.cache().orElse(CacheRule.BY_THE_APP);
    if (head.upgrade
        || head.grpc
        || head.options()
        || !key.of(app.nameBytes, secure, head, loop.in, rule.ignoredParameters(), cache.seed())) {
      return true;
    }
    // Where the replica gets another path or host than the client asked for, ours is kept.
    boolean same = options.rewrite().isEmpty() && options.fields().isEmpty();
    if (!head.safe) {
      CacheTurn shared = secure ? secureChange : change;
      exchange.cache(same ? shared : new InvalidateTurn(this, secure, key.frozen()), 0);
      return true;
    }
    if (head.hasBody()) {
      // What a GET with a body answers, no other GET may get.
      return true;
    }
    asked.read(head, loop.in, app.selector.sticky());
    if (asked.precondition || asked.disguised) {
      return true;
    }
    Entry entry = cache.find(key, head.fields, loop.in);
    if (entry == null && asked.range) {
      entry = cache.findPart(key, asked, head.fields, loop.in);
    }
    long stamp = cache.stamp();
    if (entry == null) {
      return misses(exchange, app, rule, same && options.cache().isEmpty(), secure, stamp);
    }
    return finds(exchange, app, rule, client, entry, stamp, now);
  }

  private boolean misses(
      Exchange exchange, App app, CacheRule rule, boolean isPlain, boolean secure, long stamp) {
    cache.asked(key, false);
    exchange.slot.cache = CacheUse.MISS;
    boolean known = cache.has(key);
    exchange.slot.cacheReason =
        asked.directives.noStore
            ? CacheReason.REQUEST
            : known ? CacheReason.VARY_MISS : CacheReason.URI_MISS;
    boolean waits = !loop.request.headMethod && !asked.range && !asked.directives.noStore;
    if (!known && cache.isOnDisk(key)) {
      exchange.cache(turn(rule, null, "fwd=uri-miss").awaitingDisk(), stamp);
      return true;
    }
    if (asked.directives.onlyIfCached) {
      exchange.cache(plain, stamp);
      exchange.refuse(app, Answer.notStored());
      return false;
    }
    if (waits && !asked.authorization && cache.isWorthWaiting(key, rule)) {
      exchange.cache(
          turn(rule, null, known ? "fwd=vary-miss" : "fwd=uri-miss").collapsing(), stamp);
    } else if (isPlain && !known) {
      exchange.cache(secure ? securePlain : plain, stamp);
    } else {
      String why = asked.directives.noStore ? "fwd=request" : "fwd=uri-miss";
      exchange.cache(turn(rule, null, known ? "fwd=vary-miss" : why), stamp);
    }
    return true;
  }

  private boolean finds(
      Exchange exchange,
      App app,
      CacheRule rule,
      ClientSide client,
      Entry entry,
      long stamp,
      long now) {
    Verdict verdict = verdict(entry, loop.request, loop.in, now);
    exchange.cacheStamp = stamp;
    cache.asked(key, verdict != Verdict.MISS && verdict != Verdict.REVALIDATE);
    switch (verdict) {
      case HIT, STALE_HIT -> {
        answer(exchange, app, entry, loop.request, loop.in, HIT, now);
        return false;
      }
      case STALE_WHILE_REVALIDATE -> {
        Reply reply = reply(exchange, entry, loop.request.fields, loop.in, HIT, now);
        FillTurn turn = turn(rule, entry, "fwd=stale");
        if (cache.takeOff(turn.key())) {
          Background.start(loop, app, client, turn.leading(), stamp, now);
        }
        exchange.slot.by = AnsweredBy.CACHE;
        exchange.slot.cache = CacheUse.STALE;
        exchange.slot.cacheReason = CacheReason.WHILE_REVALIDATE;
        exchange.slot.cacheAge = entry.age(now);
        exchange.respond(app, reply, now);
        return false;
      }
      case REVALIDATE, MISS -> {
        return forwards(exchange, app, rule, entry, verdict, stamp, now);
      }
    }
    throw new AssertionError(verdict);
  }

  private boolean forwards(
      Exchange exchange,
      App app,
      CacheRule rule,
      Entry entry,
      Verdict verdict,
      long stamp,
      long now) {
    exchange.slot.cache = CacheUse.MISS;
    exchange.slot.cacheReason = reason(entry, verdict, now);
    if (asked.directives.onlyIfCached) {
      exchange.cache(plain, stamp);
      exchange.refuse(app, Answer.notStored());
      return false;
    }
    if (verdict == Verdict.MISS) {
      String why = asked.directives.noStore ? "fwd=request" : "fwd=bypass";
      exchange.cache(turn(rule, null, why), stamp);
      return true;
    }
    boolean stale = entry.left(now) <= 0;
    FillTurn turn = turn(rule, entry, stale ? "fwd=stale" : "fwd=request");
    if (!loop.request.headMethod) {
      boolean waits = stale && !asked.range && !entry.isNeverFresh();
      if (waits && cache.isWorthWaiting(key, rule)) {
        turn.collapsing();
      }
      turn.validating();
    }
    exchange.cache(turn, stamp);
    return true;
  }

  /** Why what is stored is not sent. */
  private CacheReason reason(Entry entry, Verdict verdict, long now) {
    if (asked.directives.noStore) {
      return CacheReason.REQUEST;
    }
    if (verdict == Verdict.REVALIDATE) {
      return entry.left(now) <= 0 ? CacheReason.STALE : CacheReason.REQUEST;
    }
    if (mayUse(entry)) {
      return CacheReason.PART;
    }
    boolean credentials = asked.authorization && !entry.isShared();
    return credentials ? CacheReason.AUTHORIZATION : CacheReason.COOKIE;
  }

  /** What is to be done with a request, which {@link #asked} was read of, by what is stored. */
  Verdict verdict(Entry entry, RequestHead head, byte[] in, long now) {
    if (!mayUse(entry)) {
      return Verdict.MISS;
    }
    Verdict verdict = Verdict.of(entry, asked, now);
    if (!entry.isPart()) {
      return verdict;
    }
    // Whether a part still holds is not asked: the answer might be the whole.
    boolean holds = !head.headMethod && Conditions.rangeHolds(entry, asked, in);
    boolean used = verdict == Verdict.HIT || verdict == Verdict.STALE_HIT;
    return holds && used ? verdict : Verdict.MISS;
  }

  /** Credentials and cookies keep to what says that it is for everybody. */
  private boolean mayUse(Entry entry) {
    return !asked.directives.noStore
        && (!asked.authorization || entry.isShared())
        && (!asked.cookie || entry.isForCookies());
  }

  /** Sends what is stored. */
  void answer(
      Exchange exchange,
      App app,
      Entry entry,
      RequestHead head,
      byte[] in,
      byte[] status,
      long now) {
    exchange.slot.by = AnsweredBy.CACHE;
    exchange.slot.cache = entry.left(now) > 0 ? CacheUse.HIT : CacheUse.STALE;
    exchange.slot.cacheAge = entry.age(now);
    exchange.respond(app, reply(exchange, entry, head.fields, in, status, now), now);
  }

  /** What is stored as {@link #asked} asks for it, compressed where the client takes that. */
  Reply reply(
      Exchange exchange, Entry entry, FieldSection fields, byte[] in, byte[] status, long now) {
    Compressor compressor = exchange.request.compressor;
    Coding coding = compressor == null ? null : entry.coding(compressor);
    Reply reply = exchange.reply().of(entry, asked, fields, in, coding, status, now);
    if (compressor != null && coding != null && reply.isPlain() && !exchange.toHead()) {
      // One copy of each form on its way at once: clients may be slow, and bodies long.
      if (entry.claim(coding)) {
        exchange.toClient.filter(new KeepCoded(cache, entry, compressor, coding));
      }
    }
    return reply;
  }

  private FillTurn turn(CacheRule rule, @Nullable Entry entry, String why) {
    byte[] kept = Arrays.copyOf(loop.in, loop.request.length());
    return new FillTurn(this, key.frozen(), rule, kept, entry, why);
  }

  // ---------------------------------------------------------------- responses

  /** Stores the response that the loop has just parsed, if it says that it may be. */
  void storePlain(Exchange exchange, ByteBuf request, boolean secure) {
    facts.read(loop.response, loop.in);
    long received = loop.clock.now().getEpochSecond();
    Key own = keyOf(exchange, request, secure);
    if (own == null || again.headMethod) {
      return;
    }
    asked.read(again, copy, exchange.ownCookie());
    Origin origin = origin(own, CacheRule.BY_THE_APP, exchange.cacheStamp);
    if (!Fill.may(origin, facts, received)) {
      return;
    }
    Key frozen = own.frozen();
    cache.remember(frozen, true);
    exchange.slot.stored = true;
    Fill fill =
        fill(
            exchange,
            new Origin(
                frozen,
                origin.rule(),
                origin.noStore(),
                origin.authorization(),
                origin.cookie(),
                origin.range(),
                origin.stamp()));
    exchange.toClient.filterFirst(new StoreFilter(fill, "fwd=uri-miss", () -> {}));
  }

  /**
   * Stores the response to a POST that says that it is what a GET would get (RFC 9110, 9.3.3), by a
   * Content-Location that is the target's own and a freshness of its own. {@link #again} holds the
   * request.
   *
   * @param own of the request, frozen
   */
  void storePost(Exchange exchange, Key own) {
    String method =
        new String(copy, again.methodAt, again.methodLength, StandardCharsets.ISO_8859_1);
    if (!method.equals("POST") || loop.response.status != 200) {
      return;
    }
    facts.read(loop.response, loop.in);
    asked.read(again, copy, exchange.ownCookie());
    Origin origin = origin(own, CacheRule.BY_THE_APP, cache.stamp());
    if (!asked.disguised
        && !asked.precondition
        && !asked.range
        && Fill.mayAsPost(origin, facts, loop.clock.now().getEpochSecond())) {
      exchange.toClient.filterFirst(
          new StoreFilter(fill(exchange, origin), "fwd=method", () -> {}));
    }
  }

  private Origin origin(Key key, CacheRule rule, long stamp) {
    return new Origin(
        key, rule, asked.directives.noStore, asked.authorization, asked.cookie, asked.range, stamp);
  }

  /** Begins to store; {@link #again} holds the request, {@link #facts} the response. */
  private @Nullable Fill fill(Exchange exchange, Origin origin) {
    long now = loop.nanos();
    return Fill.begin(
        cache,
        loop.clock,
        origin,
        facts,
        loop.response,
        loop.in,
        again.fields,
        copy,
        now,
        now - exchange.slot.at[Stage.CONNECT.ordinal()]);
  }

  /** The key of a request as its replica got it; parses it. Null where it has none. */
  @Nullable Key keyOf(Exchange exchange, ByteBuf request, boolean secure) {
    String app = exchange.slot.app;
    if (app == null || !read(request)) {
      return null;
    }
    byte[] name = app.getBytes(StandardCharsets.UTF_8);
    boolean made = key.of(name, secure, again, copy, java.util.List.of(), cache.seed());
    return made ? key : null;
  }

  /** Parses a request as its replica got it. */
  private boolean read(ByteBuf request) {
    int length = Math.min(request.writerIndex(), copy.length);
    request.getBytes(0, copy, 0, length);
    return again.parse(copy, 0, length) > 0;
  }

  /** Stores the response to a request of a turn's, if it may be; the filter that does. */
  StoreFilter store(
      Exchange exchange, ByteBuf request, Key key, CacheRule rule, String why, Runnable then) {
    facts.read(loop.response, loop.in);
    long received = loop.clock.now().getEpochSecond();
    Fill fill = null;
    if (read(request) && !again.headMethod) {
      asked.read(again, copy, exchange.ownCookie());
      Origin origin = origin(key, rule, exchange.cacheStamp);
      boolean may = Fill.may(origin, facts, received);
      if (may || facts.status < 500) {
        // A failure says nothing of what comes when it is over.
        cache.remember(key, may);
      }
      fill = may ? fill(exchange, origin) : null;
      exchange.slot.stored = fill != null;
    }
    if (fill == null) {
      then.run();
    }
    return new StoreFilter(fill, why, then);
  }
}
