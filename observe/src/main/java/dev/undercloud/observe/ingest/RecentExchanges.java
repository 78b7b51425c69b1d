package dev.undercloud.observe.ingest;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.observe.model.Exchange;
import dev.undercloud.observe.model.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last exchanges, every one of them, as raw copies: what {@code why} knows at once, whatever
 * the store does. About 1 KiB each. The drain thread adds; any thread asks, for microseconds.
 */
public final class RecentExchanges implements TextIds.Known {
  /** An exchange and its place in the order of all that was taken in. */
  public record Numbered(long seq, Exchange exchange) {}

  private final ExchangeSlot[] slots;
  private final @Nullable Lookup[] lookups;
  private final long[] seqs;
  private final LongIndex byId;
  private long next;

  /**
   * @param capacity a power of two
   */
  public RecentExchanges(int capacity) {
    slots = new ExchangeSlot[capacity];
    lookups = new @Nullable Lookup[capacity];
    seqs = new long[capacity];
    byId = new LongIndex(capacity);
  }

  synchronized void add(ExchangeSlot exchange, long seq, @Nullable Lookup lookup) {
    int at = (int) (next++ & slots.length - 1);
    ExchangeSlot slot = slots[at];
    if (slot == null) {
      slot = new ExchangeSlot();
      slots[at] = slot;
    } else {
      byId.remove(slot.id, at);
    }
    slot.copy(exchange);
    seqs[at] = seq;
    lookups[at] = lookup;
    byId.put(slot.id, at);
  }

  @Override
  public synchronized boolean knows(long id) {
    return byId.get(id) != LongIndex.NONE;
  }

  @Override
  public synchronized long ofTrace(long high, long low) {
    long found = 0;
    for (ExchangeSlot slot : slots) {
      if (slot != null && slot.traceLow == low && slot.traceHigh == high && slot.id != found) {
        if (found != 0) {
          return 0;
        }
        found = slot.id;
      }
    }
    return found;
  }

  public synchronized Optional<Exchange> find(long id) {
    int at = byId.get(id);
    return at == LongIndex.NONE
        ? Optional.empty()
        : Optional.of(Exchange.of(slots[at], lookups[at]));
  }

  /** Those that pass both, newest first, {@code limit} at most. The first sees the raw slot. */
  public synchronized List<Numbered> newest(
      Predicate<ExchangeSlot> quick, BiPredicate<Long, Exchange> wanted, int limit) {
    List<Numbered> found = new ArrayList<>();
    long oldest = Math.max(0, next - slots.length);
    for (long at = next - 1; at >= oldest && found.size() < limit; at--) {
      int index = (int) (at & slots.length - 1);
      if (quick.test(slots[index])) {
        Exchange exchange = Exchange.of(slots[index], lookups[index]);
        if (wanted.test(seqs[index], exchange)) {
          found.add(new Numbered(seqs[index], exchange));
        }
      }
    }
    return found;
  }
}
