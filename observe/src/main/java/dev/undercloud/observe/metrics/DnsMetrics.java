package dev.undercloud.observe.metrics;

import dev.undercloud.core.zone.DnsQuery;
import dev.undercloud.core.zone.DnsQuerySlot;
import dev.undercloud.observe.model.Lookup.How;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Counts of questions to the DNS server since the start. The drain thread records; any thread
 * collects. Series are bounded: the twelve codes of RFC 1035 and 2136, two transports.
 */
public final class DnsMetrics implements MetricSource {
  /** Names of answer codes (IANA DNS parameters); the last stands for all others. */
  private static final String[] CODES = {
    "NOERROR",
    "FORMERR",
    "SERVFAIL",
    "NXDOMAIN",
    "NOTIMP",
    "REFUSED",
    "YXDOMAIN",
    "YXRRSET",
    "NXRRSET",
    "NOTAUTH",
    "NOTZONE",
    "other"
  };

  private final long[][] answered = new long[2][CODES.length];
  private final long[] replies = new long[DnsQuery.Reply.values().length];
  private final long[] followed = new long[How.values().length];
  private long unfollowed;
  private double seconds;
  private long count;
  private long limited;

  /** The name of an answer's code; {@code -} where none was sent. */
  public static String code(int rcode) {
    return rcode == DnsQuery.DROPPED
        ? "-"
        : rcode >= 0 && rcode < CODES.length - 1 ? CODES[rcode] : Integer.toString(rcode);
  }

  /** The drain thread's. */
  public synchronized void record(DnsQuerySlot slot) {
    count++;
    seconds += slot.tookNanos / 1e9;
    replies[slot.reply.ordinal()]++;
    if (slot.reply.limited()) {
      limited++;
    }
    if (slot.reply != DnsQuery.Reply.DROPPED) {
      int code = slot.rcode >= 0 && slot.rcode < CODES.length - 1 ? slot.rcode : CODES.length - 1;
      answered[slot.tcp ? 1 : 0][code]++;
    }
  }

  /**
   * A connection was opened. The drain thread's.
   *
   * @param how it was found to follow a question; null where it was not
   */
  public synchronized void connection(@Nullable How how) {
    if (how == null) {
      unfollowed++;
    } else {
      followed[how.ordinal()]++;
    }
  }

  /** Questions taken in. */
  public synchronized long count() {
    return count;
  }

  /** Those over the rate. */
  public synchronized long limited() {
    return limited;
  }

  @Override
  public synchronized void collect(Prometheus out) {
    out.counter("undercloud_dns_queries_total", "DNS questions by transport and answer.");
    for (int t = 0; t < answered.length; t++) {
      for (int c = 0; c < CODES.length; c++) {
        if (answered[t][c] > 0) {
          String transport = t == 0 ? "udp" : "tcp";
          out.sample(answered[t][c], "network_transport", transport, "dns_response_code", CODES[c]);
        }
      }
    }
    out.counter("undercloud_dns_replies_total", "DNS questions by what became of the answer.");
    for (DnsQuery.Reply reply : DnsQuery.Reply.values()) {
      out.sample(replies[reply.ordinal()], "reply", reply.label());
    }
    out.counter("undercloud_dns_seconds_total", "Time from questions to their answers.")
        .sample(seconds);
    out.counter(
        "undercloud_dns_connections_total",
        "Client connections by how they were found to follow a DNS question.");
    for (How how : How.values()) {
      out.sample(followed[how.ordinal()], "match", how.name().toLowerCase(Locale.ROOT));
    }
    out.sample(unfollowed, "match", "none");
  }
}
