package dev.undercloud.observe;

import dev.undercloud.core.unit.Cidr;
import dev.undercloud.core.zone.Answered;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQuerySlot;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** Makes questions as the DNS server would. */
public final class Questions {
  /** What an answer says. */
  public record Said(int records, int ttl, String text) implements Answered {}

  private Questions() {}

  /** An A question for {@code name} by UDP, answered with one record in 40 microseconds. */
  public static DnsQuerySlot ordinary(String name, String client, long nanos, Instant time) {
    DnsQuerySlot slot = new DnsQuerySlot();
    byte[] wire = DnsName.of(name).toWire();
    System.arraycopy(wire, 0, slot.name, 0, wire.length);
    slot.nameLength = wire.length;
    slot.epochMicros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
    slot.nanos = nanos;
    slot.tookNanos = 40_000;
    slot.client = Objects.requireNonNull(Cidr.address(client));
    slot.type = slot.client instanceof java.net.Inet6Address ? 28 : 1;
    slot.rcode = 0;
    slot.reply = DnsQuery.Reply.WHOLE;
    slot.answer = new Said(1, 5, "127.0.0.1");
    return slot;
  }

  /** Copies as the DNS server fills a slot of its ring. */
  public static void copy(DnsQuerySlot from, DnsQuerySlot to) {
    System.arraycopy(from.name, 0, to.name, 0, from.nameLength);
    to.nameLength = from.nameLength;
    to.epochMicros = from.epochMicros;
    to.nanos = from.nanos;
    to.tookNanos = from.tookNanos;
    to.client = from.client;
    to.type = from.type;
    to.rcode = from.rcode;
    to.reply = from.reply;
    to.answer = from.answer;
    to.subnetBits = from.subnetBits;
    to.subnetIpv6 = from.subnetIpv6;
    System.arraycopy(from.subnet, 0, to.subnet, 0, from.subnet.length);
  }

  /** Says for whom it was asked: {@code 203.0.113.0/24}. */
  public static DnsQuerySlot forSubnet(DnsQuerySlot slot, String block) {
    String[] parts = block.split("/");
    InetAddress address = Objects.requireNonNull(Cidr.address(parts[0]));
    byte[] octets = address.getAddress();
    slot.subnet(octets, 0, octets.length, Integer.parseInt(parts[1]), octets.length == 16);
    return slot;
  }
}
