package dev.undercloud.edge.cache;

import dev.undercloud.core.policy.CacheRule;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.http1.FieldSection;
import dev.undercloud.edge.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A response that is being stored while it passes: copies the body, and stores it only when it is
 * whole. Its loop's thread only.
 */
public final class Fill {
  private static final byte[][] NO_BODY = new byte[0][];

  private final HttpCache cache;
  private final long stamp;
  private final long most;
  private final Entry draft;

  /** Of a body that says so; -1 otherwise. */
  private final long declared;

  private final List<byte[]> pieces = new ArrayList<>();
  private long length;
  private boolean tooLong;

  private Fill(HttpCache cache, long stamp, Entry draft, long declared) {
    this.cache = cache;
    this.stamp = stamp;
    this.draft = draft;
    this.declared = declared;
    most = cache.settings().largestBody();
  }

  /**
   * Begins to store a response to a GET, if that may be; null if not.
   *
   * @param asked the request's fields, of {@code request}
   */
  public static @Nullable Fill begin(
      HttpCache cache,
      Clock clock,
      Origin origin,
      Facts facts,
      ResponseHead head,
      byte[] in,
      FieldSection asked,
      byte[] request,
      long now,
      long delayNanos) {
    if (head.body == ResponseHead.Body.UNTIL_CLOSE
        || head.body == ResponseHead.Body.LENGTH
            && head.contentLength > cache.settings().largestBody()) {
      return null;
    }
    Entry draft =
        entry(
            clock,
            origin.key(),
            variation(facts, head, asked, request),
            facts,
            head,
            in,
            NO_BODY,
            0,
            origin.rule(),
            Set.copyOf(facts.tags),
            now,
            delayNanos);
    long declared = head.body == ResponseHead.Body.LENGTH ? head.contentLength : -1;
    return new Fill(cache, origin.stamp(), draft, declared);
  }

  /** What a response varies by, with a request's values: a part by its range, too. */
  private static Variation variation(
      Facts facts, ResponseHead head, FieldSection fields, byte[] in) {
    Set<String> names = facts.vary;
    if (facts.status == 206 && !isWholePart(facts, head)) {
      names = new LinkedHashSet<>(names);
      names.add("range");
    }
    return Variation.of(names, fields, in);
  }

  /** Whether a 206 has everything, as those who ask for {@code bytes=0-} get it. */
  private static boolean isWholePart(Facts facts, ResponseHead head) {
    Part part = facts.part;
    return part != null && part.isWhole() && head.contentLength == part.total();
  }

  /** Whether the response may be stored at all. */
  public static boolean may(Origin origin, Facts facts, long received) {
    // What is answered to a part may be about that part alone, such as 416.
    boolean part = facts.status == 206;
    if (origin.range() ? facts.status != 200 && !part : part) {
      return false;
    }
    return Storable.may(
        facts,
        Freshness.lifetime(facts, origin.rule(), received),
        origin.rule(),
        origin.noStore(),
        origin.authorization(),
        origin.cookie());
  }

  /** The same of a response to a POST, whose freshness has to be its own (RFC 9110, 9.3.3). */
  public static boolean mayAsPost(Origin origin, Facts facts, long received) {
    Freshness.Lifetime lifetime = Freshness.lifetime(facts, origin.rule(), received);
    return lifetime.by() == Freshness.By.RESPONSE
        && lifetime.seconds() > 0
        && may(origin, facts, received);
  }

  static Entry entry(
      Clock clock,
      Key key,
      Variation variation,
      Facts facts,
      ResponseHead head,
      byte[] in,
      byte[][] body,
      long length,
      CacheRule rule,
      Set<String> tags,
      long now,
      long delayNanos) {
    long received = clock.now().getEpochSecond();
    Directives said = facts.directives;
    boolean whole = isWholePart(facts, head);
    byte[] stored = Heads.of(head, in, whole, said.withheld, facts.date != Dates.NONE, received);
    return new Entry(
        new Made(
            key,
            variation,
            facts,
            stored,
            body,
            length,
            now,
            received,
            Freshness.initialAge(facts, received, delayNanos),
            Freshness.lifetime(facts, rule, received),
            orElse(said.staleWhileRevalidate, rule.staleWhileRevalidate()),
            orElse(said.staleIfError, rule.staleIfError()),
            tags));
  }

  private static int orElse(int said, Optional<java.time.Duration> rule) {
    if (said != Directives.ABSENT || rule.isEmpty()) {
      return said;
    }
    return (int) Math.min(rule.get().toSeconds(), Directives.LONGEST);
  }

  /** Copies a piece of the body without touching its indexes. */
  public void body(ByteBuf piece) {
    int bytes = piece.readableBytes();
    if (tooLong || bytes == 0) {
      return;
    }
    length += bytes;
    if (length > most) {
      tooLong = true;
      pieces.clear();
      return;
    }
    byte[] copy = new byte[bytes];
    piece.getBytes(piece.readerIndex(), copy);
    pieces.add(copy);
  }

  /** The body is whole: whether it is stored now. */
  public boolean end() {
    if (tooLong || declared >= 0 && declared != length) {
      return false;
    }
    cache.store(new Entry(draft, joined(), length), stamp);
    return true;
  }

  /** Many small pieces become one. */
  private byte[][] joined() {
    if (pieces.size() <= 1) {
      return pieces.toArray(byte[][]::new);
    }
    byte[] all = new byte[(int) length];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return new byte[][] {all};
  }
}
