package dev.undercloud.edge.dns;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * How many answers a network may get by UDP, where anybody can pose as anybody: a server that
 * answers without end is a weapon against who never asked. Networks are /24 and /56; above the rate
 * every second answer asks to come back by TCP, which nobody can pretend, and the others are not
 * sent. Loopback is not counted: it cannot be posed as from outside. GCRA in a table of fixed size
 * (about 1.1 MiB, made with the first network): of full buckets the one soonest at rest is
 * forgotten. One per event loop; its thread only.
 */
final class ResponseRate {
  /** What to do with an answer. */
  enum Verdict {
    SEND,
    SLIP,
    DROP
  }

  private static final int SETS = 1 << 14;
  private static final int WAYS = 4;
  private static final long NANOS = 1_000_000_000L;

  private final long interval;
  private final long burst;
  private final long seed;
  private long[] keys = {};
  private long[] rests = {};
  private boolean[] slips = {};

  /**
   * @param perSecond answers for a network in a second, and at once; 0: no limit
   * @param seed where networks land in the table: so that nobody can choose to share a place
   */
  ResponseRate(int perSecond, long seed) {
    interval = perSecond == 0 ? 0 : NANOS / perSecond;
    burst = NANOS - interval;
    this.seed = seed;
  }

  Verdict of(InetAddress client, long now) {
    if (interval == 0 || client.isLoopbackAddress()) {
      return Verdict.SEND;
    }
    if (keys.length == 0) {
      keys = new long[SETS * WAYS];
      rests = new long[SETS * WAYS];
      slips = new boolean[SETS * WAYS];
    }
    int at = place(network(client), now);
    long rest = Math.max(rests[at], now);
    if (rest - now <= burst) {
      rests[at] = rest + interval;
      return Verdict.SEND;
    }
    slips[at] = !slips[at];
    return slips[at] ? Verdict.SLIP : Verdict.DROP;
  }

  /** Never 0: that is an empty place. */
  private static long network(InetAddress client) {
    byte[] raw = client.getAddress();
    if (client instanceof Inet4Address) {
      return 1L << 63 | (raw[0] & 255) << 16 | (raw[1] & 255) << 8 | raw[2] & 255;
    }
    long high = 0;
    for (int i = 0; i < 7; i++) {
      high = high << 8 | raw[i] & 255;
    }
    return 1L << 62 | high;
  }

  private int place(long network, long now) {
    long mixed = (network ^ seed) * 0x9E3779B97F4A7C15L;
    int from = (int) ((mixed ^ mixed >>> 32) & SETS - 1) * WAYS;
    int least = from;
    for (int at = from; at < from + WAYS; at++) {
      if (keys[at] == network) {
        return at;
      }
      if (keys[at] == 0) {
        keys[at] = network;
        rests[at] = now;
        return at;
      }
      if (rests[at] - rests[least] < 0) {
        least = at;
      }
    }
    keys[least] = network;
    rests[least] = now;
    slips[least] = false;
    return least;
  }
}
