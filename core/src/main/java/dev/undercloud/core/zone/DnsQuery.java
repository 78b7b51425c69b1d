package dev.undercloud.core.zone;

import java.util.Locale;

/**
 * A question that was answered.
 *
 * @param epochMicros wall time of its arrival
 * @param client the asker's address as text: often a resolver, not the browser
 * @param subnet for whom it asked, where it said so by EDNS Client Subnet (RFC 7871): {@code
 *     192.0.2.0/24}; else empty
 * @param name absolute and in lower case, as {@link DnsName#toString} writes it; empty where it
 *     could not be read
 * @param type the type asked for, 0 where it could not be read
 * @param rcode the answer's code, with the bits of EDNS; {@link #DROPPED} where none was sent
 * @param reply what became of the answer
 * @param answers records in its answer section
 * @param ttl seconds that they may be kept
 * @param answer the first of them, in words
 * @param micros from its arrival to its answer
 * @param tcp whether it came over TCP
 */
public record DnsQuery(
    long epochMicros,
    String client,
    String subnet,
    String name,
    int type,
    int rcode,
    Reply reply,
    int answers,
    int ttl,
    String answer,
    int micros,
    boolean tcp) {
  /** No answer was sent: rate limited. */
  public static final int DROPPED = -1;

  /** What became of an answer. */
  public enum Reply {
    /** It was sent whole. */
    WHOLE,
    /** It did not fit: the asker comes again by TCP. */
    TRUNCATED,
    /** Over the rate: the asker is told to come again by TCP. */
    SLIPPED,
    /** Over the rate: nothing was sent. */
    DROPPED;

    /** As JSON and the store have it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the asker's network asked more than it may. */
    public boolean limited() {
      return this == SLIPPED || this == DROPPED;
    }
  }
}
