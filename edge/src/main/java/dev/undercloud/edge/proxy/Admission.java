package dev.undercloud.edge.proxy;

import dev.undercloud.edge.net.ClientAddress;
import dev.undercloud.edge.rule.Blocks;
import java.net.InetAddress;
import java.util.List;
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

  private volatile Blocks proxies = Blocks.NONE;

  public Admission(ClientLimits limits) {
    most = limits.connections();
    mostPerAddress = limits.connectionsPerAddress();
  }

  /** The addresses of {@code proxies}, blocks in text, stand for many clients each. */
  public void spare(List<String> proxies) {
    this.proxies = proxies.isEmpty() ? Blocks.NONE : new Blocks(proxies);
  }

  /** Counts one more connection; null where it may stay, else why not. */
  @Nullable String enter(InetAddress address) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return "All " + most + " connections that are allowed at once are in use";
    }
    if (perAddress.merge(address, 1, Integer::sum) > mostPerAddress
        && !proxies.contains(ClientAddress.of(address))) {
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
