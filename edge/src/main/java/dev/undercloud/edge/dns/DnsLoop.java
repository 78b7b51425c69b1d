package dev.undercloud.edge.dns;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQueryRing;
import dev.undercloud.core.zone.DnsQuerySlot;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the sockets of one event loop share: the responder and its octets, the connections, the
 * ring. That loop's thread only.
 */
final class DnsLoop {
  final Responder responder;
  final byte[] in = new byte[Responder.LONGEST];
  final byte[] out = new byte[Responder.LONGEST];
  final ResponseRate rate;
  final DnsQueryRing ring;
  final LinkedHashSet<TcpConversation> conversations = new LinkedHashSet<>();
  private final Map<InetAddress, Integer> perClient = new HashMap<>();
  private final DnsConfig config;
  private final Supplier<Compiled> zones;
  private final Clock clock;
  private final long epochOffsetNanos;

  /**
   * @param transfers who may have whole zones now
   * @param secondaries who is told of a NOTIFY; null: nobody
   */
  DnsLoop(
      DnsConfig config,
      Supplier<Compiled> zones,
      Supplier<TransferRules> transfers,
      @Nullable Secondaries secondaries,
      Clock clock,
      long seed) {
    this.config = config;
    this.zones = zones;
    this.clock = clock;
    responder = new Responder(transfers, secondaries);
    rate = new ResponseRate(config.answersPerSecond(), seed);
    ring = new DnsQueryRing(config.ringCapacity());
    Instant now = clock.now();
    epochOffsetNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano() - clock.nanos();
  }

  long now() {
    return clock.nanos();
  }

  /** As {@link Responder#answer} from {@link #in} to {@link #out}. */
  int answer(int length, boolean tcp, InetAddress client) {
    return responder.answer(zones.get().names, in, length, out, tcp, client);
  }

  /** Tells telemetry of the last answer. */
  void record(long arrived, InetAddress client, DnsQuery.Reply reply, boolean tcp) {
    DnsQuerySlot slot = ring.claim();
    if (slot == null) {
      return;
    }
    slot.epochMicros = (epochOffsetNanos + arrived) / 1_000;
    slot.nanos = arrived;
    slot.client = client;
    System.arraycopy(responder.name(), 0, slot.name, 0, responder.nameLength);
    slot.nameLength = responder.nameLength;
    slot.type = responder.type;
    slot.rcode = reply == DnsQuery.Reply.DROPPED ? DnsQuery.DROPPED : responder.rcode;
    boolean cut = reply == DnsQuery.Reply.WHOLE && responder.truncated;
    slot.reply = cut ? DnsQuery.Reply.TRUNCATED : reply;
    slot.answer = responder.given;
    slot.tcp = tcp;
    slot.subnetBits = 0;
    if (responder.subnetBits > 0) {
      slot.subnet(
          in,
          responder.subnetAt,
          responder.subnetOctets,
          responder.subnetBits,
          responder.subnetIpv6);
    }
    slot.tookNanos = clock.nanos() - arrived;
    ring.publish();
  }

  /** Whether another connection of {@code client} may be; counts it where it may. */
  boolean admit(InetAddress client) {
    int share = Math.max(1, config.connections() / config.threads());
    if (conversations.size() >= share
        || perClient.getOrDefault(client, 0) >= config.connectionsPerClient()) {
      return false;
    }
    perClient.merge(client, 1, Integer::sum);
    return true;
  }

  void leave(TcpConversation conversation, InetAddress client) {
    conversations.remove(conversation);
    perClient.computeIfPresent(client, (address, count) -> count == 1 ? null : count - 1);
  }

  /** Ends connections that have been idle for too long. */
  void sweep() {
    long now = clock.nanos();
    long idle = config.idle().toNanos();
    for (TcpConversation conversation : new ArrayList<>(conversations)) {
      if (now - conversation.lastNanos > idle) {
        conversation.end();
      }
    }
  }
}
