package dev.undercloud.observe.ingest;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQuerySlot;
import dev.undercloud.core.zone.RecordType;
import dev.undercloud.observe.model.Lookup.How;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A question as the connections that may follow it need it. One thread at a time. */
final class Asked {
  /**
   * A connection comes while the answer might be kept; who may not keep it at all needs a moment.
   * In nanoseconds.
   */
  static final long SHORTEST_WINDOW = 2_000_000_000L;

  /** After that a question says nothing of a connection, however long it might be kept. */
  static final long LONGEST_WINDOW = 300_000_000_000L;

  private static final long NANOS = 1_000_000_000L;

  /** Bits of a network that counts as one place, of 128: a /24 of IPv4. */
  private static final int IPV4_NETWORK = 120;

  /** A /56: what one customer gets of IPv6. */
  private static final int IPV6_NETWORK = 56;

  private static final long THIS_MACHINE = Long.MIN_VALUE;

  /** What leads to a host: the name and family asked for, and the network that asked. */
  record Key(String name, boolean ipv6, long network) {
    /** Of a connection. */
    static Key of(String name, InetAddress client) {
      return new Key(
          name,
          !(client instanceof Inet4Address),
          Asked.network(Cidr.high(client), Cidr.low(client)));
    }
  }

  final DnsQuery query;

  /** When the answer was ready, by the monotonic clock. */
  final long answered;

  /** Null where it can have led nobody to a host. */
  final @Nullable Key key;

  private final InetAddress asker;
  private final @Nullable Cidr subnet;

  /** Number of the question before with the same key. */
  long before = -1;

  /** Whether a connection has followed it. */
  boolean followed;

  Asked(DnsQuerySlot slot) {
    query = slot.query();
    asker = slot.client;
    subnet = usable(slot.block());
    answered = slot.nanos + slot.tookNanos;
    boolean leads =
        (query.type() == RecordType.A || query.type() == RecordType.AAAA)
            && query.rcode() == 0
            && query.reply() == DnsQuery.Reply.WHOLE
            && query.answers() > 0;
    long network =
        subnet == null
            ? network(Cidr.high(asker), Cidr.low(asker))
            : network(subnet.high(), subnet.low());
    key = leads ? new Key(query.name(), query.type() == RecordType.AAAA, network) : null;
  }

  /** A subnet wider than what we take for one place says too little. */
  private static @Nullable Cidr usable(@Nullable Cidr block) {
    if (block == null) {
      return null;
    }
    boolean ipv4 = Cidr.isIpv4(block.high(), block.low());
    return block.bits() < (ipv4 ? IPV4_NETWORK : IPV6_NETWORK) ? null : block;
  }

  private static long network(long high, long low) {
    if (Cidr.isIpv4(high, low)) {
      long address = low & 0xffff_ffffL;
      return address >>> 24 == 127 ? THIS_MACHINE : 1L << 62 | address >>> 8;
    }
    return high == 0 && low == 1 ? THIS_MACHINE : high >>> 8;
  }

  /** How long it counts, in nanoseconds. */
  long window() {
    return Math.clamp(query.ttl() * NANOS, SHORTEST_WINDOW, LONGEST_WINDOW);
  }

  /** Why it may be the question of {@code client}, who has the same key; null where it is not. */
  @Nullable How of(InetAddress client) {
    if (subnet != null) {
      return subnet.contains(client) ? How.SUBNET : null;
    }
    if (asker.isLoopbackAddress()) {
      return How.LOOPBACK;
    }
    return asker.equals(client) ? How.ADDRESS : How.NETWORK;
  }

  /** Whether the client itself asked: then no other question can be it. */
  boolean isOwn(InetAddress client) {
    return subnet == null && asker.equals(client);
  }

  /** Whether both came from one place, as far as we are told. */
  boolean isLike(Asked other) {
    return asker.equals(other.asker)
        && (subnet == null ? other.subnet == null : subnet.equals(other.subnet));
  }
}
