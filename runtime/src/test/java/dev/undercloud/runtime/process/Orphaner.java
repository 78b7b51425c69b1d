package dev.undercloud.runtime.process;

import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Handle;
import java.nio.file.Path;

/** A process of its own that starts a replica, says which, and waits to be killed. */
final class Orphaner {
  private Orphaner() {}

  public static void main(String[] arguments) throws InterruptedException {
    ProcessFixture fixture = new ProcessFixture(Path.of(arguments[0]));
    ProcessDriver driver =
        new ProcessDriver(fixture.home, fixture.run, Clock.system(), LogSink.NONE);
    Handle handle =
        driver.start(
            fixture.spec(arguments[1], ProcessFixture.shell(arguments[2])), System.err::println);
    System.out.println(handle.pid() + " " + handle.startTicks());
    Thread.sleep(60_000);
  }
}
