package dev.undercloud.edge.cache;

import dev.undercloud.edge.cache.Freshness.By;
import dev.undercloud.edge.cache.Freshness.Lifetime;
import dev.undercloud.edge.compress.Codable;
import dev.undercloud.edge.compress.Coding;
import dev.undercloud.edge.compress.Compressor;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A stored response: immutable but for what the eviction notes of it. Bodies are arrays on the
 * heap; whoever sends one copies it.
 */
public final class Entry {
  /** What an entry takes beside its bytes. */
  private static final int OVERHEAD = 400;

  /** Seconds for which it is worth asking whether something old still holds: a day. */
  private static final int KEPT_TO_ASK = 86_400;

  /**
   * Seconds for which what was fresh may be sent while no replica answers at all (RFC 9111, 4.2.4):
   * a deploy that went wrong, a database that starts. An app that knows better says stale-if-error.
   */
  static final int KEPT_WHEN_ALONE = 600;

  /** A longer entity tag is not asked by: a request has room for so much more. */
  private static final int LONGEST_TAG = 1_024;

  private static final AtomicIntegerFieldUpdater<Entry> MAKING =
      AtomicIntegerFieldUpdater.newUpdater(Entry.class, "making");

  final Key key;
  final Variation variation;
  final int status;

  /** Status line and field lines, each with its end, without Age, Content-Length and this hop's. */
  final byte[] head;

  final byte[][] body;
  final long length;

  /** What the response said that it has. */
  private final @Nullable Part claimed;

  /** What it has of the whole; null for all of it, and where the length belies it. */
  final @Nullable Part part;

  /** Monotonic; when the response's head was there. */
  final long receivedNanos;

  /** Seconds since 1970. */
  final long received;

  final int initialAge;
  final Lifetime lifetime;
  final boolean noCache;

  /** Never to be used stale: must-revalidate, proxy-revalidate, s-maxage. */
  final boolean strict;

  /** For requests with credentials too. */
  final boolean shared;

  final int staleWhileRevalidate;
  final int staleIfError;

  /** Whether the response or its route says for how long it may be sent on errors. */
  final boolean saysIfError;

  final @Nullable String etag;
  final long lastModified;
  final long date;
  final Set<String> tags;

  /** Used since the hand of the eviction came by; a lost update costs little. */
  boolean touched;

  /** What it is when compressed, by coding; null where nobody has asked for that yet. */
  private volatile Coded @Nullable [] coded;

  private volatile @Nullable Codable codable;

  /** {@link Coding#bit Bits} of the forms that somebody makes just now. */
  private volatile int making;

  /** Removed; whoever reads it may go on. */
  volatile boolean dead;

  /** In the admission window, else behind it; the eviction's own. */
  boolean inWindow;

  Entry(Made made) {
    key = made.key();
    variation = made.variation();
    head = made.head();
    // A 206 that has everything is stored as a 200.
    status = Heads.status(head);
    body = made.body();
    length = made.length();
    claimed = made.facts().part;
    part = part(claimed);
    receivedNanos = made.receivedNanos();
    received = made.received();
    initialAge = made.initialAge();
    lifetime = made.lifetime();
    Directives said = made.facts().directives;
    noCache = said.noCache;
    strict = said.mustRevalidate || said.proxyRevalidate || said.sMaxAge != Directives.ABSENT;
    shared = Storable.isShared(said);
    staleWhileRevalidate = said.noCache ? 0 : Math.max(0, made.staleWhileRevalidate());
    staleIfError = said.noCache ? 0 : Math.max(0, made.staleIfError());
    saysIfError = made.staleIfError() != Directives.ABSENT;
    etag = made.facts().etag;
    lastModified = made.facts().lastModified;
    date = made.facts().date == Dates.NONE ? made.received() : made.facts().date;
    tags = made.tags();
  }

  /** The same with a body. */
  Entry(Entry of, byte[][] body, long length) {
    key = of.key;
    variation = of.variation;
    status = of.status;
    head = of.head;
    this.body = body;
    this.length = length;
    claimed = of.claimed;
    part = part(claimed);
    receivedNanos = of.receivedNanos;
    received = of.received;
    initialAge = of.initialAge;
    lifetime = of.lifetime;
    noCache = of.noCache;
    strict = of.strict;
    shared = of.shared;
    staleWhileRevalidate = of.staleWhileRevalidate;
    staleIfError = of.staleIfError;
    saysIfError = of.saysIfError;
    etag = of.etag;
    lastModified = of.lastModified;
    date = of.date;
    tags = of.tags;
  }

  private @Nullable Part part(@Nullable Part said) {
    return said != null && isPart() && said.to() - said.from() == length ? said : null;
  }

  /** Whether it has but a part, for those who ask for that. */
  public boolean isPart() {
    return status == 206;
  }

  /** In whole seconds (RFC 9111, 4.2.3). */
  public long age(long now) {
    return initialAge + (now - receivedNanos) / 1_000_000_000;
  }

  /** Seconds for which it is still fresh; below 0 it is stale for as long. */
  public long left(long now) {
    return lifetime.seconds() - age(now);
  }

  /** Whether every use of it is to be asked for. */
  public boolean isNeverFresh() {
    return noCache;
  }

  /** Whether requests with credentials may have it (RFC 9111, 3.5). */
  public boolean isShared() {
    return shared;
  }

  /**
   * Whether it may be sent where the app fails (RFC 5861, 4).
   *
   * @param asked the request, which may say stale-if-error too
   */
  public boolean mayServeOnError(Asked asked, long now) {
    int most = Math.max(staleIfError, asked.directives.staleIfError);
    return !strict && !noCache && -left(now) < most;
  }

  /** Whether it may be sent where no replica can be asked (RFC 9111, 4.2.4). */
  public boolean mayServeAlone(Asked asked, long now) {
    boolean guess = !saysIfError && lifetime.seconds() > 0 && -left(now) < KEPT_WHEN_ALONE;
    return !strict && !noCache && guess || mayServeOnError(asked, now);
  }

  /** Lines that ask whether it still holds (RFC 9111, 4.3.1); empty where it has no validator. */
  public String validators() {
    boolean tag = etag != null && etag.length() <= LONGEST_TAG;
    String first = tag ? "If-None-Match: " + etag + "\r\n" : "";
    return lastModified == Dates.NONE
        ? first
        : first + "If-Modified-Since: " + Dates.format(lastModified) + "\r\n";
  }

  /** Only what the response itself has allowed is for people with cookies. */
  public boolean isForCookies() {
    return lifetime.by() == By.RESPONSE || lifetime.by() == By.NOBODY;
  }

  /** Seconds since 1970 until which it may answer somebody, or be asked for. */
  long usefulUntil() {
    long fresh = received - initialAge + lifetime.seconds();
    long stale = strict ? 0 : Math.max(staleWhileRevalidate, staleIfError);
    return hasValidator() ? Math.max(fresh + stale, received + KEPT_TO_ASK) : fresh + stale;
  }

  boolean hasValidator() {
    return etag != null || lastModified != Dates.NONE;
  }

  /** Whether it answers a request with nothing but its own bytes as 200. */
  boolean isWhole() {
    return status == 200;
  }

  /** Bytes that it counts for. */
  long weight() {
    long weight = OVERHEAD + key.weight() + head.length + length + variation.weight();
    Coded[] all = coded;
    if (all != null) {
      for (Coded each : all) {
        weight += each == null ? 0 : each.weight();
      }
    }
    return weight;
  }

  /** Whether it may be compressed, by its head and length. */
  Codable codable() {
    Codable known = codable;
    if (known == null) {
      known = Heads.codable(head);
      codable = known;
    }
    return known;
  }

  /** What a client gets that takes what {@code by} makes; null where that is to be made yet. */
  @Nullable Coded coded(@Nullable Coding coding) {
    Coded[] all = coded;
    return all == null || coding == null ? null : all[coding.ordinal()];
  }

  /** What {@code compressor} would make of it; null for nothing. */
  public @Nullable Coding coding(Compressor compressor) {
    return Codable.isLong(length) ? compressor.coding(codable()) : null;
  }

  /** Bytes of the body. */
  public long size() {
    return length;
  }

  /** Whether the caller alone makes this form now, to keep it: it has to {@link #release} it. */
  public boolean claim(Coding coding) {
    int before = MAKING.getAndUpdate(this, bits -> bits | coding.bit());
    return (before & coding.bit()) == 0;
  }

  /** The form that was claimed is kept, or will not be. */
  public void release(Coding coding) {
    MAKING.getAndUpdate(this, bits -> bits & ~coding.bit());
  }

  /** Adds a form; whoever calls this counts its weight. */
  void add(Coded form) {
    Coded[] before = coded;
    Coded[] all = before == null ? new Coded[Coding.count()] : before.clone();
    all[form.coding().ordinal()] = form;
    coded = all;
  }

  /** Takes over the forms of an older response with the same bytes, before it is stored. */
  void inherit(Entry older) {
    Coded[] all = older.coded;
    if (all == null || !codable().codable()) {
      return;
    }
    for (Coded each : all) {
      if (each != null) {
        add(Heads.coded(this, each.coding(), each.body()));
      }
    }
  }
}
