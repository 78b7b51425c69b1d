package dev.undercloud.edge.dns;

import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.zone.DnsName;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every zone of one store that others are the primaries of, and who listens to their NOTIFY. Any
 * thread.
 */
public final class Secondaries implements AutoCloseable {
  private final ZoneStore store;
  private final Clock clock;
  private final LogSink log;
  private final Map<DnsName, Secondary> all = new ConcurrentHashMap<>();

  public Secondaries(ZoneStore store, Clock clock, LogSink log) {
    this.store = store;
    this.clock = clock;
    this.log = log;
  }

  /**
   * Begins to keep another.
   *
   * @throws dev.undercloud.core.error.CloudException where the store has a zone of that name
   */
  public void add(SecondaryConfig config) {
    all.put(config.zone(), Secondary.start(store, config, clock, log));
  }

  /**
   * Keeps these and no others; those that stay as they are notice nothing.
   *
   * @throws dev.undercloud.core.error.CloudException where the store has a zone of such a name with
   *     a file; then nothing changes
   */
  public synchronized void keep(List<SecondaryConfig> wanted) {
    wanted.forEach(config -> store.free(config.zone()));
    all.values()
        .removeIf(secondary -> {
          boolean goes = !wanted.contains(secondary.config());
          if (goes) {
            secondary.close();
          }
          return goes;
        });
    wanted.stream().filter(config -> !all.containsKey(config.zone())).forEach(this::add);
  }

  /** How each is doing, by zone. */
  public Map<DnsName, SecondaryState> states() {
    Map<DnsName, SecondaryState> states = new TreeMap<>();
    all.forEach((name, secondary) -> states.put(name, secondary.state()));
    return states;
  }

  /** Why the last look at its primary failed, by zone; empty where it did not. */
  public Map<DnsName, String> problems() {
    Map<DnsName, String> said = new TreeMap<>();
    all.forEach((name, secondary) -> {
      String problem = secondary.problem();
      said.put(name, problem == null ? "" : problem);
    });
    return said;
  }

  /** The key of that name that some zone's primary signs with; null where none does. */
  @Nullable TsigKey key(DnsName name) {
    for (Secondary secondary : all.values()) {
      TsigKey key = secondary.key();
      if (key != null && key.name().equals(name)) {
        return key;
      }
    }
    return null;
  }

  /**
   * A NOTIFY (RFC 1996) came; the code to answer with. Its primary's alone has an effect: a look at
   * the primary, not at what the message says. On event loops: never waits.
   */
  int notified(DnsName zone, InetAddress from) {
    Secondary secondary = all.get(zone);
    if (secondary == null) {
      return Wire.NOTAUTH;
    }
    if (!secondary.isPrimary(from)) {
      return Wire.REFUSED;
    }
    Thread.ofVirtual().name("dns-notified").start(secondary::notified);
    return Wire.NOERROR;
  }

  @Override
  public void close() {
    all.values().forEach(Secondary::close);
    all.clear();
  }
}
