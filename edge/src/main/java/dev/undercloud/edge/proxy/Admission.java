package dev.undercloud.edge.proxy;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts client connections, in all and per address. Once per connection, never per request. Any
 * thread.
 */
public final class Admission {
  private final int most;
  private final int mostPerAddress;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

  public Admission(ClientLimits limits) {
    most = limits.connections();
    mostPerAddress = limits.connectionsPerAddress();
  }

  /** Counts one more connection; null where it may stay, else why not. */
  @Nullable String enter(InetAddress address) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return "All " + most + " connections that are allowed at once are in use";
    }
    if (perAddress.merge(address, 1, Integer::sum) > mostPerAddress) {
      leave(address);
      return "One address may have " + mostPerAddress + " connections at once";
    }
    return null;
  }

  void leave(InetAddress address) {
    open.decrementAndGet();
    perAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }
}
