package dev.undercloud.observe.model;

import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.RecordType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * The question to our DNS server that a client's connection followed. Immutable.
 *
 * @param epochMicros wall time of its arrival
 * @param beforeMicros from its answer until the connection was accepted
 * @param how why it is thought to be the client's
 * @param again whether an earlier connection followed it, too: the client had kept the answer
 * @param asker who asked us: the client, or a resolver for it
 * @param name absolute, in lower case
 * @param type asked for
 * @param answer in words
 * @param ttl seconds that it might be kept
 * @param micros from its arrival to its answer
 */
public record Lookup(
    long epochMicros,
    long beforeMicros,
    How how,
    boolean again,
    String asker,
    String name,
    int type,
    String answer,
    int ttl,
    int micros) {

  /** How a question was found to be a client's, the surest first. */
  public enum How {
    /** The client's own address asked. */
    ADDRESS("by the client's own address"),
    /** A resolver asked for a subnet that the client is in (RFC 7871). */
    SUBNET("by a resolver, for the client's subnet"),
    /** Both came from this machine; which program asked is not known. */
    LOOPBACK("from this machine, as the request"),
    /** One address in the client's /24 or /56, and no other there, asked. */
    NETWORK("by a resolver in the client's network");

    private final String words;

    How(String words) {
      this.words = words;
    }

    /** As JSON and the store have it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The end of "asked …". */
    public String words() {
      return words;
    }
  }

  public static Lookup of(DnsQuery query, long beforeMicros, How how, boolean again) {
    return new Lookup(
        query.epochMicros(),
        beforeMicros,
        how,
        again,
        query.client(),
        query.name(),
        query.type(),
        query.answer(),
        query.ttl(),
        query.micros());
  }

  public Instant time() {
    return Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
  }

  /** {@code AAAA}. */
  public String typeText() {
    return RecordType.text(type);
  }

  /** What our server took. */
  public double millis() {
    return micros / 1000.0;
  }

  public double beforeMillis() {
    return beforeMicros / 1000.0;
  }
}
