package dev.undercloud.edge.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.LogSink;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.net.Direct;
import dev.undercloud.edge.net.Sends;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is flushed in a turn, in which order, and when all are offered to one call. */
class FlushesTest {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Flushes flushes =
      new Flushes(tasks::add, new FailureLog(LogSink.NONE, Clock.system()));
  private final List<String> said = new ArrayList<>();

  private final class Named implements Flushable {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    public void offer(Sends together) {
      said.add(name + " offers");
    }

    @Override
    public void flushNow() {
      said.add(name);
    }
  }

  @BeforeEach
  void prepare() {
    Direct.prepare();
  }

  @AfterEach
  void close() {
    flushes.close();
  }

  /** What is said in the next turn. */
  private List<String> turn() {
    said.clear();
    Runnable next = tasks.remove();
    next.run();
    return List.copyOf(said);
  }

  @Test
  void clientsHaveTheirTurnBeforeReplicas() {
    flushes.ofReplica(new Named("replica"));
    flushes.ofClient(new Named("client"));
    flushes.ofReplica(new Named("another"));
    assertThat(turn()).containsExactly("client", "replica", "another");
    assertThat(tasks).isEmpty();
  }

  @Test
  void whatIsAddedMeanwhileWaitsForTheNextTurn() {
    Named late = new Named("late");
    flushes.ofClient(() -> flushes.ofReplica(late));
    assertThat(turn()).isEmpty();
    assertThat(turn()).containsExactly("late");
  }

  @Test
  void whoFailsFailsAlone() {
    flushes.ofClient(() -> {
      throw new IllegalStateException("a bug");
    });
    flushes.ofClient(new Named("client"));
    flushes.ofReplica(new Named("replica"));
    assertThat(turn()).containsExactly("client", "replica");
  }

  /** With less than that in a tick nobody is offered anything. */
  private void muchToDo() {
    for (int i = 0; i < 1_000; i++) {
      flushes.ofClient(new Named("busy"));
    }
    assertThat(turn()).doesNotContain("busy offers");
    flushes.tick();
  }

  private void four() {
    for (int i = 1; i <= 2; i++) {
      flushes.ofReplica(new Named("replica " + i));
      flushes.ofClient(new Named("client " + i));
    }
  }

  private static boolean hasRings() {
    try (Sends sends = new Sends()) {
      return sends.isWorthwhile(4);
    }
  }

  @Test
  void withMuchToDoAllAreOfferedToOneCall() {
    String[] alone = {"client 1", "client 2", "replica 1", "replica 2"};
    muchToDo();
    four();
    if (hasRings()) {
      assertThat(turn())
          .startsWith("client 1 offers", "client 2 offers", "replica 1 offers", "replica 2 offers")
          .endsWith(alone)
          .hasSize(8);
    } else {
      assertThat(turn()).containsExactly(alone);
    }
    flushes.tick();
    four();
    assertThat(turn()).as("little to do").containsExactly(alone);
  }

  @Test
  void whoFailsToOfferIsFlushedAllTheSame() {
    muchToDo();
    four();
    flushes.ofClient(
        new Flushable() {
          @Override
          public void offer(Sends together) {
            throw new IllegalStateException("a bug");
          }

          @Override
          public void flushNow() {
            said.add("failed");
          }
        });
    assertThat(turn()).endsWith("client 1", "client 2", "failed", "replica 1", "replica 2");
  }
}
