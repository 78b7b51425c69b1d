package dev.undercloud.edge.dns;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsName;
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
  private final Supplier<TransferRules> transfers;
  private final @Nullable Secondaries secondaries;
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
    this.secondaries = secondaries;
    this.transfers = transfers;
    responder = new Responder(transfers, secondaries);
    rate = new ResponseRate(config.limits().answersPerSecond(), seed);
    ring = new DnsQueryRing(config.ringCapacity());
    Instant now = clock.now();
    epochOffsetNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano() - clock.nanos();
  }

  long now() {
    return clock.nanos();
  }

  /** As {@link Responder#answer} from {@link #in} to {@link #out}. */
  int answer(int length, boolean tcp, InetAddress client) {
    int answer = responder.answer(zones.get().names, in, length, out, tcp, client);
    return responder.signatureAt == 0 ? answer : signed(length, answer, tcp, client);
  }

  /** The same of a question with a signature, which was left out of account at first. */
  private int signed(int length, int unsigned, boolean tcp, InetAddress client) {
    if (secondaries == null && transfers.get().key().isEmpty()) {
      return unsigned;
    }
    Signing signing = Signing.of(in, length, this::key);
    if (signing == null) {
      return unsigned;
    }
    int answer;
    if (signing.holds()) {
      Wire.u16(in, 10, Wire.u16(in, 10) - 1);
      responder.signing = signing;
      responder.reserved = signing.room();
      int end = responder.signatureAt;
      answer = responder.answer(zones.get().names, in, end, out, tcp, client);
      responder.reserved = 0;
      if (answer == Responder.TRANSFER) {
        return answer;
      }
      responder.signing = null;
    } else {
      answer = responder.unsigned(in, out);
    }
    return answer == Responder.SILENCE ? answer : signing.sign(out, answer);
  }

  private @Nullable TsigKey key(DnsName name) {
    TsigKey transfer = transfers.get().key().orElse(null);
    if (transfer != null && transfer.name().equals(name)) {
      return transfer;
    }
    return secondaries == null ? null : secondaries.key(name);
  }

  /** The signatures of the transfer that begins; null where nobody signed its question. */
  @Nullable Signing takeSigning() {
    Signing signing = responder.signing;
    responder.signing = null;
    return signing;
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
    int share = Math.max(1, config.limits().connections() / config.threads());
    if (conversations.size() >= share
        || perClient.getOrDefault(client, 0) >= config.limits().connectionsPerClient()) {
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
    long idle = config.limits().idle().toNanos();
    for (TcpConversation conversation : new ArrayList<>(conversations)) {
      if (now - conversation.lastNanos > idle) {
        conversation.end();
      }
    }
  }
}
