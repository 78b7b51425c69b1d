package dev.undercloud.core.zone;

/**
 * One record of class IN.
 *
 * @param name its owner
 * @param type a {@link RecordType}
 * @param ttl seconds that resolvers may keep it
 * @param data what it says
 */
public record ZoneRecord(DnsName name, int type, int ttl, Rdata data) {
  /** RFC 2181, 8. */
  public static final int LONGEST_TTL = Integer.MAX_VALUE;

  public ZoneRecord {
    if (!RecordType.isData(type)) {
      throw new IllegalArgumentException("no zone has records of type " + RecordType.text(type));
    }
    if (ttl < 0) {
      throw new IllegalArgumentException("a time to live is 0 to 2147483647 seconds");
    }
    data.check(type);
  }

  /** Whether both say the same at the same name, whatever their time to live. */
  public boolean isSame(ZoneRecord other) {
    return type == other.type && name.equals(other.name) && data.equals(other.data);
  }
}
