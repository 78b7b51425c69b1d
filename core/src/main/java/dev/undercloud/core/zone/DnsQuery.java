package dev.undercloud.core.zone;

/**
 * A question that was answered.
 *
 * @param epochMicros wall time of its arrival
 * @param client the asker's address as text: often a resolver, not the browser
 * @param name absolute and in lower case, as {@link DnsName#toString} writes it; empty where it
 *     could not be read
 * @param type the type asked for, 0 where it could not be read
 * @param rcode the answer's code, with the bits of EDNS; {@link #DROPPED} where none was sent
 * @param micros from its arrival to its answer
 * @param tcp whether it came over TCP
 */
public record DnsQuery(
    long epochMicros, String client, String name, int type, int rcode, int micros, boolean tcp) {
  /** No answer was sent: rate limited. */
  public static final int DROPPED = -1;
}
