package dev.undercloud.runtime.process;

import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.Lines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A process of its own, run as a normal user, that starts a replica and stops it. */
final class Commoner {
  private Commoner() {}

  public static void main(String[] arguments) {
    ProcessFixture fixture = new ProcessFixture(Path.of(arguments[0]));
    Limits limits = new Limits(0.5, ByteSize.ofMiB(64), 32);
    Lines lines = new Lines();
    Handle handle =
        fixture.driver.start(
            fixture.spec(
                "shop",
                "shop.web.1",
                ProcessFixture.shell("echo user $(id -u); ls -d $(dirname $SOCKET); sleep 60"),
                Map.of(),
                Listen.UNIX,
                limits),
            lines);
    System.out.println(lines.await(line -> line.startsWith("user")));
    System.out.println("processes " + fixture.driver.usage(handle).orElseThrow().processes());
    fixture.driver.stop(handle, Duration.ofSeconds(20));
    System.out.println(fixture.driver.exit(handle).join().words());
    System.out.println("left " + (fixture.run.resolve("shop.web.1").toFile().exists() ? 1 : 0));
    fixture.driver.capabilities().notes().forEach(System.out::println);
    fixture.close();
  }
}
