package dev.undercloud.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.error.CloudException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every driver keeps. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
public abstract class DriverContract {
  /** What the replica of a test does. */
  public enum Role {
    /** Prints {@code ready}, then runs until it is stopped. */
    RUNS,
    /** Prints {@code one}, {@code two}, and ends with code 3. */
    EXITS_WITH_3,
    /** The same as RUNS, but deaf to SIGTERM. */
    IGNORES_TERMINATION,
    /** There is no such program. */
    IMPOSSIBLE
  }

  private static final Duration GRACE = Duration.ofSeconds(20);

  /** The driver under test; it ends with the test. */
  protected abstract Driver driver();

  /** Ends {@link #driver} as a crash would, and makes the next one of the same state folder. */
  protected abstract Driver crashAndRestart();

  protected abstract ReplicaSpec spec(String app, String id, Role role);

  /** Makes a replica of role RUNS print a line. */
  protected abstract void print(Handle handle, String line);

  /** Fails where anything of the replica is left on the host. */
  protected abstract void assertNothingLeft(Handle handle);

  @Test
  void a_replica_runs_until_it_is_stopped() {
    Lines lines = new Lines();
    Handle handle = driver().start(spec("shop", "shop.web.1-a", Role.RUNS), lines);
    lines.await("ready");
    CompletableFuture<Exit> exit = driver().exit(handle);
    assertThat(handle.pid()).isPositive();
    assertThat(handle.id()).isEqualTo("shop.web.1-a");
    assertThat(exit).isNotDone();
    assertThat(driver().usage(handle))
        .hasValueSatisfying(usage -> assertThat(usage.processes()).isPositive());

    driver().stop(handle, GRACE);

    assertThat(exit).isDone();
    assertThat(driver().usage(handle)).isEmpty();
    assertNothingLeft(handle);
    driver().stop(handle, GRACE);
  }

  @Test
  void exit_tells_the_code_after_the_last_line() throws Exception {
    Lines lines = new Lines();
    Handle handle = driver().start(spec("shop", "shop.web.1-b", Role.EXITS_WITH_3), lines);
    Exit exit = driver().exit(handle).get(30, TimeUnit.SECONDS);
    assertThat(exit).isEqualTo(new Exit(3, 0, false, "exit code 3"));
    assertThat(lines.all()).containsExactly("one", "two");
    assertThat(driver().exit(handle)).isCompletedWithValue(exit);
    driver().stop(handle, GRACE);
    assertNothingLeft(handle);
  }

  @Test
  void a_failing_start_says_why_and_leaves_nothing() {
    ReplicaSpec spec = spec("shop", "shop.web.1-c", Role.IMPOSSIBLE);
    assertThatThrownBy(() -> driver().start(spec, new Lines()))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.problem().remedy()).isNotBlank());
    assertNothingLeft(new Handle(spec.id(), 999_999_999, 1, null));
    assertThat(driver().sweep("shop", List.of())).isEmpty();
  }

  @Test
  void one_that_ignores_termination_is_killed_after_its_grace() throws Exception {
    Lines lines = new Lines();
    Handle handle = driver().start(spec("shop", "shop.web.1-d", Role.IGNORES_TERMINATION), lines);
    lines.await("ready");
    CompletableFuture<Exit> exit = driver().exit(handle);
    driver().stop(handle, Duration.ofMillis(300));
    assertThat(exit.get(1, TimeUnit.SECONDS).signal()).isEqualTo(9);
    assertThat(exit.get().words()).isEqualTo("killed by SIGKILL");
    assertNothingLeft(handle);
  }

  @Test
  void a_later_driver_adopts_what_runs() throws Exception {
    Lines before = new Lines();
    Handle handle = driver().start(spec("shop", "shop.web.1-e", Role.RUNS), before);
    before.await("ready");
    Driver next = crashAndRestart();
    print(handle, "while nobody read");
    Lines after = new Lines();
    assertThat(next.adopt(handle, after)).isTrue();
    print(handle, "adopted");
    after.await("adopted");
    assertThat(after.all()).containsExactly("while nobody read", "adopted");
    assertThat(before.all()).containsExactly("ready");
    CompletableFuture<Exit> exit = next.exit(handle);
    assertThat(exit).isNotDone();
    next.stop(handle, GRACE);
    exit.get(5, TimeUnit.SECONDS);
    assertNothingLeft(handle);
  }

  @Test
  void what_is_not_there_cannot_be_adopted() {
    Handle handle = driver().start(spec("shop", "shop.web.1-f", Role.RUNS), new Lines());
    Handle impostor = new Handle(handle.id(), handle.pid(), handle.startTicks() + 1, null);
    driver().stop(handle, GRACE);
    Driver next = crashAndRestart();
    assertThat(next.adopt(handle, new Lines())).isFalse();
    assertThat(next.adopt(impostor, new Lines())).isFalse();
    assertNothingLeft(handle);
  }

  @Test
  void sweep_ends_what_no_journal_knows_of_this_app_alone() {
    Lines lines = new Lines();
    Handle kept = driver().start(spec("shop", "shop.web.1-g", Role.RUNS), lines);
    Handle lost = driver().start(spec("shop", "shop.web.2-g", Role.RUNS), lines);
    Handle other = driver().start(spec("blog", "blog.web.1-g", Role.RUNS), lines);
    Driver next = crashAndRestart();
    assertThat(next.sweep("shop", Set.of(kept.id()))).containsExactly(lost.id());
    assertNothingLeft(lost);
    assertThat(next.adopt(kept, lines)).isTrue();
    assertThat(next.adopt(other, lines)).isTrue();
    next.stop(kept, GRACE);
    next.stop(other, GRACE);
    assertNothingLeft(kept);
    assertNothingLeft(other);
  }
}
