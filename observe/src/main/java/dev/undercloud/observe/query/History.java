package dev.undercloud.observe.query;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.id.Hex;
import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.observe.ingest.RecentExchanges.Numbered;
import dev.undercloud.observe.model.AccessLine;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.LogEntry;
import dev.undercloud.observe.store.Store;
import dev.undercloud.observe.why.Explainer;
import dev.undercloud.observe.why.Why;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers about the past, from memory first and the store for what is older. Blocking; any thread.
 * Where the store cannot answer, memory alone does; without memory the reason is thrown.
 */
public final class History {
  /** How far back a question without a time goes. */
  private static final Duration DEFAULT_SPAN = Duration.ofDays(1);

  /** How far back an id is looked for: as long as anything is kept. */
  private static final Instant EVER = Instant.EPOCH;

  /** So many of a path make "usual" mean something. */
  private static final int TYPICAL_FROM = 5;

  private final @Nullable Memory memory;
  private final Store store;
  private final Clock clock;

  public History(@Nullable Memory memory, Store store, Clock clock) {
    this.memory = memory;
    this.store = store;
    this.clock = clock;
  }

  /** The requests that {@code query} means, in its order. */
  public List<Exchange> requests(RequestQuery query) {
    Instant since = since(query.since());
    Map<Long, Exchange> found = new LinkedHashMap<>();
    if (memory != null) {
      for (Numbered n :
          memory
              .exchanges()
              .newest(s -> true, (seq, e) -> matches(query, since, e), Integer.MAX_VALUE)) {
        found.putIfAbsent(n.exchange().id(), n.exchange());
      }
    }
    if (query.slow() || found.size() < query.limit()) {
      for (Exchange e :
          stored(
              since,
              query.slow() ? Integer.MAX_VALUE : query.limit(),
              Sql.exchanges(query, since))) {
        found.putIfAbsent(e.id(), e);
      }
    }
    Comparator<Exchange> order =
        query.slow()
            ? Comparator.comparingLong(e -> -e.marks().durationMicros())
            : Comparator.comparingLong(e -> -e.epochMicros());
    return found.values().stream().sorted(order).limit(query.limit()).toList();
  }

  private static boolean matches(RequestQuery query, Instant since, Exchange e) {
    String path = query.path();
    return (query.app() == null || query.app().equals(e.app()))
        && (query.replica() == null || query.replica().equals(e.replica()))
        && (!query.errors() || e.failed())
        && (path == null || e.path().contains(path))
        && !e.time().isBefore(since);
  }

  /** The questions to the DNS server that {@code filter} means, newest first. */
  public List<DnsQuery> queries(DnsFilter filter) {
    Instant since = since(filter.since());
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, since);
    String name = filter.name();
    List<DnsQuery> remembered =
        memory == null
            ? List.of()
            : memory
                .queries()
                .newest(
                    q -> q.epochMicros() >= micros && (name == null || q.name().contains(name)),
                    filter.limit());
    if (remembered.size() >= filter.limit()) {
      return remembered;
    }
    // What both have is equal in every field; two that are equal are one question asked twice.
    Set<DnsQuery> found = new LinkedHashSet<>(remembered);
    found.addAll(stored(since, filter.limit(), Sql.queries(filter, since)));
    return found.stream()
        .sorted(Comparator.comparingLong(q -> -q.epochMicros()))
        .limit(filter.limit())
        .toList();
  }

  /** The request with that id; empty where it is not known or no longer kept. */
  public Optional<Exchange> request(String requestId) {
    long id = id(requestId);
    if (memory != null) {
      Optional<Exchange> recent = memory.exchanges().find(id);
      if (recent.isPresent()) {
        return recent;
      }
    }
    return stored(EVER, 1, Sql.byId(id)).stream().findFirst();
  }

  /**
   * What a request went through.
   *
   * @throws CloudException where {@code requestId} is no id
   */
  public Optional<Why> why(String requestId) {
    return request(requestId)
        .map(e ->
            Explainer.explain(
                e, typicalMicros(e), lines(LogQuery.ofRequest(e.requestId()), e.time())));
  }

  private List<LogEntry> lines(LogQuery query, Instant around) {
    // The app may have written a line just before our clock's first mark was stamped.
    return logLines(
        new LogQuery(
            null, query.requestId(), null, null, around.minusSeconds(60), null, query.limit()));
  }

  private OptionalDouble typicalMicros(Exchange e) {
    List<Long> like = new ArrayList<>();
    if (memory != null) {
      for (Numbered n :
          memory.exchanges().newest(s -> s.status == e.status(), (seq, o) -> alike(e, o), 500)) {
        like.add(n.exchange().marks().durationMicros());
      }
    }
    if (like.size() >= TYPICAL_FROM) {
      like.sort(null);
      return OptionalDouble.of(like.get((like.size() - 1) / 2));
    }
    return stored(e.time().minus(DEFAULT_SPAN), 1, Sql.typical(e)).stream()
        .filter(t -> t.count() >= TYPICAL_FROM)
        .mapToDouble(Sql.Typical::medianMicros)
        .findFirst();
  }

  private static boolean alike(Exchange e, Exchange other) {
    return other.id() != e.id()
        && other.path().equals(e.path())
        && other.method().equals(e.method())
        && Objects.equals(other.app(), e.app());
  }

  /** The lines that {@code query} means, oldest first. */
  public List<LogEntry> logLines(LogQuery query) {
    Instant since = query.requestId() == null ? since(query.since()) : sinceRequest(query);
    LogQuery exact =
        new LogQuery(
            query.app(),
            query.requestId(),
            query.replica(),
            query.source(),
            since,
            query.grep(),
            query.limit());
    Map<Object, LogEntry> found = new LinkedHashMap<>();
    boolean enough = fromMemory(exact, found);
    if (!enough) {
      fromStore(exact, since).forEach(line -> found.putIfAbsent(key(line), line));
    }
    return latest(found, query.limit());
  }

  /** The latest lines as far as memory goes, oldest first. */
  public List<LogEntry> remembered(LogQuery query) {
    Map<Object, LogEntry> found = new LinkedHashMap<>();
    fromMemory(query, found);
    return latest(found, query.limit());
  }

  private static List<LogEntry> latest(Map<Object, LogEntry> found, int limit) {
    List<LogEntry> sorted = new ArrayList<>(found.values());
    sorted.sort(Comparator.comparing(LogEntry::time).thenComparingLong(LogEntry::seq));
    return sorted.subList(Math.max(0, sorted.size() - limit), sorted.size());
  }

  /** Where a request is asked for, a time is not needed: its lines are around it. */
  private Instant sinceRequest(LogQuery query) {
    if (query.since() != null) {
      return query.since();
    }
    return request(String.valueOf(query.requestId()))
        .map(e -> e.time().minusSeconds(60))
        .orElse(EVER);
  }

  /** Adds what memory has; whether nothing older is needed: both kinds filled the limit. */
  private boolean fromMemory(LogQuery query, Map<Object, LogEntry> found) {
    Memory m = memory;
    if (m == null) {
      return false;
    }
    List<LogEntry> lines = m.lines().newest(query::matches, query.limit());
    lines.forEach(line -> found.put(key(line), line));
    boolean enough = lines.size() >= query.limit();
    if (Sql.wantsAccess(query)) {
      List<Numbered> served =
          m.exchanges()
              .newest(
                  s -> mayMatch(query, s),
                  (seq, e) -> query.matches(AccessLine.of(seq, e)),
                  query.limit());
      for (Numbered n : served) {
        LogEntry line = AccessLine.of(n.seq(), n.exchange());
        found.put(key(line), line);
      }
      enough &= served.size() >= query.limit();
    }
    return enough;
  }

  /** Cheap and never wrong about those it leaves out. */
  private static boolean mayMatch(LogQuery query, ExchangeSlot slot) {
    String request = query.requestId();
    return (request == null || Hex.of(slot.id).equals(request))
        && (query.app() == null || query.app().equals(slot.app));
  }

  private List<LogEntry> fromStore(LogQuery query, Instant since) {
    List<LogEntry> found = new ArrayList<>();
    found.addAll(stored(since, query.limit(), Sql.lines(query, since)));
    if (Sql.wantsAccess(query)) {
      for (Exchange e : stored(since, query.limit(), Sql.accessLines(query, since))) {
        LogEntry line = AccessLine.of(0, e);
        if (query.matches(line)) {
          found.add(line);
        }
      }
    }
    return found;
  }

  /** One exchange has one access line; all others are told apart by their number. */
  private static Object key(LogEntry line) {
    boolean access = line.source() == LogLine.Source.EDGE && line.requestId() != null;
    return access ? line.requestId() + line.message() : (Object) line.seq();
  }

  private <T> List<T> stored(Instant since, int enough, Store.Question<T> question) {
    try {
      return store.ask(since, enough, question);
    } catch (CloudException unreadable) {
      if (memory == null) {
        throw unreadable;
      }
      return List.of();
    }
  }

  private Instant since(@Nullable Instant asked) {
    return asked == null ? clock.now().minus(DEFAULT_SPAN) : asked;
  }

  private static long id(String requestId) {
    try {
      return Hex.parse(requestId.strip().toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException notOne) {
      throw CloudException.user(
          "not-a-request-id",
          "\"" + requestId + "\" is not a request id",
          "an id has " + Hex.WIDTH + " hexadecimal digits",
          "Take it from the X-Request-Id header of the response, or from `undercloud requests`");
    }
  }
}
