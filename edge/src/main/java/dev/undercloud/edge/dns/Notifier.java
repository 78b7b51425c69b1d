package dev.undercloud.edge.dns;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.telemetry.LogLine;
import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.core.watch.Watch;
import dev.undercloud.core.zone.DnsName;
import dev.undercloud.core.zone.Zone;
import dev.undercloud.core.zone.Zones;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells secondaries that a zone has changed (RFC 1996), and at the start of every zone. Each has a
 * virtual thread, so that one that is away delays itself alone; changes that come meanwhile are one
 * change.
 */
public final class Notifier implements AutoCloseable {
  /** Who keeps copies of zones of one server; more is no list that a person wrote. */
  public static final int MOST = 64;

  private final Map<DnsName, Long> serials = new HashMap<>();
  private final List<Notified> targets;
  private Watch.Subscription subscription = () -> {};

  private Notifier(List<Notified> targets) {
    this.targets = targets;
  }

  /**
   * Begins; returns at once.
   *
   * @param targets those that may have whole zones, with the ports they answer at; at most {@link
   *     #MOST}
   * @param key what they are told with (RFC 8945); null: without a signature
   * @param firstWait for an answer; each of the tries after waits twice as long
   * @param chance asked once per target
   * @param log is told who did not answer
   */
  public static Notifier start(
      Watch<Zones> zones,
      List<InetSocketAddress> targets,
      @Nullable TsigKey key,
      Duration firstWait,
      Clock clock,
      Supplier<Entropy> chance,
      LogSink log) {
    if (targets.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " secondaries are notified");
    }
    Consumer<String> say =
        words -> log.log(new LogLine(clock.now(), LogLine.Source.EDGE, null, null, null, words));
    Notifier notifier =
        new Notifier(
            targets.stream()
                .distinct()
                .map(target -> new Notified(target, key, firstWait, clock, chance.get(), say))
                .toList());
    notifier.targets.forEach(Notified::start);
    notifier.subscription = zones.follow(notifier::changed);
    return notifier;
  }

  /** On the publishing thread: quick. */
  private synchronized void changed(Zones zones) {
    Map<DnsName, Long> now = new HashMap<>();
    for (Zone zone : zones.zones()) {
      if (zone.name().equals(DevZone.NAME)) {
        continue; // Of this machine alone.
      }
      now.put(zone.name(), zone.soa().serial());
      Long before = serials.get(zone.name());
      if (before == null || before != zone.soa().serial()) {
        targets.forEach(target -> target.changed(zone));
      }
    }
    serials.clear();
    serials.putAll(now);
  }

  @Override
  public void close() {
    subscription.close();
    targets.forEach(Notified::close);
  }
}
