package dev.undercloud.observe.store;

import dev.undercloud.core.time.Clock;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.observe.FakeClock;
import dev.undercloud.observe.Slots;
import java.nio.file.Path;
import java.time.Duration;

/** An Undercloud that writes telemetry and stays until it is killed. */
final class OtherProcess {
  private OtherProcess() {}

  public static void main(String[] arguments) throws Exception {
    FakeClock clock = new FakeClock("2026-11-23T10:00:00Z");
    StoreLimits limits = new StoreLimits(ByteSize.ofMiB(50), Duration.ofDays(3), new ByteSize(0));
    Store store = new Store(Path.of(arguments[0]), limits, clock, System.err::println);
    for (int i = 1; i <= 500; i++) {
      store.offer(Slots.exchange(i, clock.now()));
    }
    store.step();
    clock.pass(Store.START_DELAY);
    store.step();
    System.out.println(store.state().exchanges());
    Clock.system().sleep(Duration.ofMinutes(5));
  }
}
