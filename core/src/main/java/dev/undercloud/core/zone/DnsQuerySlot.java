package dev.undercloud.core.zone;

import dev.undercloud.core.unit.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One question as reused fields: answering it allocates nothing to be observed. Filled by the event
 * loop that answered, read by the one reader of its {@link DnsQueryRing}. Fields are public because
 * this is a struct, not an object.
 */
public final class DnsQuerySlot {
  /** Bits of an IPv4 address in {@link Cidr}, where it lies behind 96 others. */
  private static final int IPV4_BITS = 32;

  private static final int ALL_BITS = 128;

  private static final InetAddress NOBODY = nobody();

  /** Wall time of its arrival, in microseconds since 1970. */
  public long epochMicros;

  /** Its arrival by the monotonic clock, which connections are measured by, too. */
  public long nanos;

  /** From its arrival to its answer. */
  public long tookNanos;

  public InetAddress client = NOBODY;

  /** The name as it travels; case as it was asked. */
  public final byte[] name = new byte[DnsName.LONGEST];

  /** 0 where it could not be read. */
  public int nameLength;

  /** 0 where it could not be read. */
  public int type;

  public int rcode;
  public DnsQuery.Reply reply = DnsQuery.Reply.WHOLE;
  public boolean tcp;

  /** Null where there are no records to speak of: a failure, or a whole zone. */
  public @Nullable Answered answer;

  /** The subnet asked for (RFC 7871): octets of its address, the rest is zero. */
  public final byte[] subnet = new byte[16];

  /** Bits of it that count, 0 where none was told. */
  public int subnetBits;

  /** Whether the subnet is of IPv6. */
  public boolean subnetIpv6;

  /** Sets the subnet. At most 4 octets, or 16, count. */
  public void subnet(byte[] from, int at, int octets, int bits, boolean ipv6) {
    Arrays.fill(subnet, (byte) 0);
    System.arraycopy(from, at, subnet, 0, octets);
    subnetBits = bits;
    subnetIpv6 = ipv6;
  }

  /** The subnet as a block; null where none was told or what was told is none. */
  public @Nullable Cidr block() {
    if (subnetBits == 0) {
      return null;
    }
    try {
      InetAddress address =
          InetAddress.getByAddress(subnetIpv6 ? subnet : Arrays.copyOf(subnet, 4));
      int bits = subnetIpv6 ? subnetBits : subnetBits + ALL_BITS - IPV4_BITS;
      return new Cidr(Cidr.high(address), Cidr.low(address), bits);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The same as a record; changes the name here to lower case. */
  public DnsQuery query() {
    for (int i = 0; i < nameLength; i++) {
      name[i] = DnsName.lower(name[i]);
    }
    return new DnsQuery(
        epochMicros,
        client.getHostAddress(),
        subnetText(),
        nameLength == 0 ? "" : DnsName.text(name, 0),
        type,
        rcode,
        reply,
        answer == null ? 0 : answer.records(),
        answer == null ? 0 : answer.ttl(),
        answer == null ? "" : answer.text(),
        (int) Math.min(Integer.MAX_VALUE, tookNanos / 1_000),
        tcp);
  }

  private String subnetText() {
    if (subnetBits == 0) {
      return "";
    }
    try {
      byte[] octets = subnetIpv6 ? subnet : Arrays.copyOf(subnet, 4);
      return InetAddress.getByAddress(octets).getHostAddress() + "/" + subnetBits;
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static InetAddress nobody() {
    try {
      return InetAddress.getByAddress(new byte[4]);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
