package dev.undercloud.observe.ingest;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQuerySlot;
import dev.undercloud.observe.model.Lookup;
import dev.undercloud.observe.model.Lookup.How;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last questions to the DNS server, and which of them a connection followed. Those that could
 * have led a client here hang together by name, family and the network that asked. The drain thread
 * adds and matches; any thread asks for the newest. About 500 bytes a question.
 */
public final class RecentQueries {
  /** Questions looked at for one connection; where there are more, nothing is certain. */
  static final int MOST_STEPS = 64;

  private static final long NOBODY = -1;

  private final @Nullable Asked[] ring;
  private final Map<Asked.Key, Long> latest = new HashMap<>();
  private long next;

  /**
   * @param capacity a power of two
   */
  public RecentQueries(int capacity) {
    ring = new @Nullable Asked[capacity];
  }

  /** Takes one in, and gives it as a record. */
  synchronized DnsQuery add(DnsQuerySlot slot) {
    Asked asked = new Asked(slot);
    long number = next++;
    int at = (int) number & ring.length - 1;
    Asked oldest = ring[at];
    if (oldest != null && oldest.key != null) {
      // Only where nothing newer has that key.
      latest.remove(oldest.key, number - ring.length);
    }
    ring[at] = asked;
    if (asked.key != null) {
      Long before = latest.put(asked.key, number);
      asked.before = before == null ? NOBODY : before;
    }
    return asked.query;
  }

  /**
   * What the connection of an exchange followed; null where the exchange did not open it, where no
   * question fits, or where it is not certain which does.
   */
  synchronized @Nullable Lookup match(ExchangeSlot exchange) {
    long accepted = exchange.at[Stage.ACCEPT.ordinal()];
    if (accepted == ExchangeSlot.NEVER || latest.isEmpty()) {
      return null;
    }
    InetAddress client = Cidr.address(exchange.client);
    if (client == null) {
      return null;
    }
    Asked.Key key = Asked.Key.of(name(exchange), client);
    Long number = latest.get(key);
    Asked asked = number == null ? null : find(number, client, accepted);
    if (asked == null) {
      return null;
    }
    How how = asked.of(client);
    boolean again = asked.followed;
    asked.followed = true;
    return how == null
        ? null
        : Lookup.of(asked.query, (accepted - asked.answered) / 1_000, how, again);
  }

  /** The name that a Host field asks for: lower case, absolute, without port. */
  private static String name(ExchangeSlot exchange) {
    String host = new String(exchange.host, 0, exchange.hostLength, StandardCharsets.ISO_8859_1);
    int port = host.indexOf(':');
    String name = (port < 0 ? host : host.substring(0, port)).toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name : name + ".";
  }

  /** Newest first: the client's own last question, else the only asker among the surest kind. */
  private @Nullable Asked find(long newest, InetAddress client, long accepted) {
    Asked best = null;
    How how = null;
    boolean several = false;
    long at = newest;
    for (int steps = 0; at != NOBODY; steps++) {
      Asked asked = at < next - ring.length ? null : ring[(int) at & ring.length - 1];
      if (asked == null || steps == MOST_STEPS) {
        // Others may have asked that we do not know any more.
        return best != null && reachesBack(accepted - best.window()) && steps < MOST_STEPS
            ? certain(best, several)
            : null;
      }
      at = asked.before;
      long age = accepted - asked.answered;
      How kind = age < 0 || age > asked.window() ? null : asked.of(client);
      if (kind == null) {
        continue;
      }
      if (asked.isOwn(client)) {
        return asked;
      }
      if (best == null || how == null || kind.compareTo(how) < 0) {
        best = asked;
        how = kind;
        several = false;
      } else if (kind == how && !asked.isLike(best)) {
        several = true;
      }
    }
    return certain(best, several);
  }

  private static @Nullable Asked certain(@Nullable Asked best, boolean several) {
    return several ? null : best;
  }

  /** Whether everything asked since then is still here. */
  private boolean reachesBack(long moment) {
    Asked oldest = ring[(int) Math.max(0, next - ring.length) & ring.length - 1];
    return oldest != null && oldest.answered <= moment;
  }

  /** Those that pass, newest first, {@code limit} at most. */
  public synchronized List<DnsQuery> newest(Predicate<DnsQuery> wanted, int limit) {
    List<DnsQuery> found = new ArrayList<>();
    long oldest = Math.max(0, next - ring.length);
    for (long at = next - 1; at >= oldest && found.size() < limit; at--) {
      Asked asked = ring[(int) at & ring.length - 1];
      if (asked != null && wanted.test(asked.query)) {
        found.add(asked.query);
      }
    }
    return found;
  }
}
