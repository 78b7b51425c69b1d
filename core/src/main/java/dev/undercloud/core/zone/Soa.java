package dev.undercloud.core.zone;

import java.nio.ByteBuffer;

/**
 * The start of a zone's authority (RFC 1035, 3.3.13; RFC 2308 for {@code minimum}).
 *
 * @param primary the primary's name
 * @param mailbox whom to write to, its first label the local part
 * @param serial 32 bits, compared by the arithmetic of RFC 1982
 * @param refresh seconds between a secondary's looks at the serial
 * @param retry seconds until its next look after a failed one
 * @param expire seconds without a successful look after which it answers no more
 * @param minimum seconds that negative answers may be kept
 * @param ttl seconds of the record itself
 */
public record Soa(
    DnsName primary,
    DnsName mailbox,
    long serial,
    int refresh,
    int retry,
    int expire,
    int minimum,
    int ttl) {
  private static final long SERIALS = 1L << 32;
  private static final int NUMBERS = 20;

  public Soa {
    if (serial < 0 || serial >= SERIALS) {
      throw new IllegalArgumentException("a serial has 32 bits");
    }
    if (refresh < 0 || retry < 0 || expire < 0 || minimum < 0 || ttl < 0) {
      throw new IllegalArgumentException("times of an SOA are 0 to 2147483647 seconds");
    }
  }

  /** The same with another serial. */
  public Soa withSerial(long next) {
    return new Soa(primary, mailbox, next, refresh, retry, expire, minimum, ttl);
  }

  /** The same with the next serial (RFC 1982). */
  public Soa raised() {
    return withSerial((serial + 1) % SERIALS);
  }

  /** Whether {@code serial} is newer than {@code than} (RFC 1982, 3.2). */
  public static boolean isNewer(long serial, long than) {
    return (int) (serial - than) > 0;
  }

  /** Seconds that a negative answer may be kept (RFC 2308, 5). */
  public int negativeTtl() {
    return Math.min(ttl, minimum);
  }

  /** As it travels, names not compressed. */
  public Rdata data() {
    byte[] first = primary.toWire();
    byte[] second = mailbox.toWire();
    return Rdata.of(
        ByteBuffer.allocate(first.length + second.length + NUMBERS)
            .put(first)
            .put(second)
            .putInt((int) serial)
            .putInt(refresh)
            .putInt(retry)
            .putInt(expire)
            .putInt(minimum)
            .array());
  }

  /**
   * @throws IllegalArgumentException where {@code data} is not that of an SOA record
   */
  public static Soa of(Rdata data, int ttl) {
    DnsName primary = data.nameAt(0);
    DnsName mailbox = data.nameAt(primary.length());
    int at = primary.length() + mailbox.length();
    if (data.length() != at + NUMBERS) {
      throw new IllegalArgumentException("not the data of an SOA record");
    }
    ByteBuffer rest = ByteBuffer.wrap(data.toWire(), at, NUMBERS);
    long serial = Integer.toUnsignedLong(rest.getInt());
    return new Soa(primary, mailbox, serial, time(rest), time(rest), time(rest), time(rest), ttl);
  }

  /** RFC 2181, 8: what has the highest bit set counts as 0. */
  private static int time(ByteBuffer from) {
    return Math.max(0, from.getInt());
  }
}
