package dev.undercloud.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Command;
import dev.undercloud.core.model.Limits;
import dev.undercloud.core.model.Listen;
import dev.undercloud.core.time.Clock;
import dev.undercloud.runtime.driver.Driver;
import dev.undercloud.runtime.driver.DriverContract;
import dev.undercloud.runtime.driver.Handle;
import dev.undercloud.runtime.driver.ReplicaSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

class MemoryDriverTest extends DriverContract {
  private final MemoryHost host = new MemoryHost();
  private MemoryDriver driver = new MemoryDriver(host, Clock.system());

  MemoryDriverTest() {
    host.script(spec ->
        switch (Role.valueOf(spec.command().text())) {
          case RUNS -> ready();
          case EXITS_WITH_3 -> Behaviour.exits(3, "one", "two");
          case IGNORES_TERMINATION -> ready().ignoringTermination();
          case IMPOSSIBLE -> Behaviour.refuses("there is no such program");
        });
  }

  private static Behaviour ready() {
    return new Behaviour(null, Duration.ZERO, List.of("ready"), null, false);
  }

  @Override
  protected Driver driver() {
    return driver;
  }

  @Override
  protected Driver crashAndRestart() {
    driver.close();
    driver = new MemoryDriver(host, Clock.system());
    return driver;
  }

  @Override
  protected ReplicaSpec spec(String app, String id, Role role) {
    Command command = new Command(role.name(), List.of(role.name()), false);
    Path here = Path.of("/");
    return new ReplicaSpec(
        id, app, "web.1", "r1", command, Map.of(), here, here, Listen.NONE, Limits.NONE);
  }

  @Override
  protected void print(Handle handle, String line) {
    host.print(handle.id(), line);
  }

  @Override
  protected void assertNothingLeft(Handle handle) {
    assertThat(host.running()).doesNotContain(handle.id());
  }
}
