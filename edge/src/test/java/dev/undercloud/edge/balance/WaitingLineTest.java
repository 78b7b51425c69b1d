package dev.undercloud.edge.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A line under a hand clock: bursts are served in order, standing overload is shed. */
class WaitingLineTest {
  private static final long MS = 1_000_000L;
  private static final long PATIENCE = 10_000 * MS;

  private static final class Guest extends WaitingLine.Waiter<Guest> {
    final int number;

    Guest(int number) {
      this.number = number;
    }
  }

  private final WaitingLine<Guest> line = new WaitingLine<>(0);
  private long now;
  private int came;
  private int refused;
  private int shed;
  private final List<Long> waited = new ArrayList<>();

  private Guest add() {
    Guest guest = new Guest(came++);
    if (line.admits(PATIENCE)) {
      line.add(guest, now, now + PATIENCE);
    } else {
      refused++;
    }
    return guest;
  }

  private void serve() {
    Guest next = line.next(now);
    if (next != null) {
      waited.add((now - next.waitsSince()) / MS);
      line.served(next.waitsSince(), now);
    }
  }

  /** So much time, with arrivals and places every so many milliseconds; 0 for none. */
  private void run(long millis, double arrivals, double places) {
    for (long t = 1; t <= millis; t++) {
      now += MS;
      times(t, arrivals, this::add);
      times(t, places, this::serve);
      if (t % 100 == 0) {
        line.tick(now);
        while (line.shed(now) != null) {
          shed++;
        }
      }
    }
  }

  private static void times(long t, double perMilli, Runnable what) {
    long due = (long) (t * perMilli) - (long) ((t - 1) * perMilli);
    for (long i = 0; i < due; i++) {
      what.run();
    }
  }

  @Test
  void inOrderAndOutOfTheMiddle() {
    Guest[] guests = new Guest[5];
    for (int i = 0; i < 5; i++) {
      guests[i] = add();
    }
    line.remove(guests[2]);
    line.remove(guests[2]);
    assertThat(line.next(0)).isSameAs(guests[0]);
    line.putBack(guests[0]);
    assertThat(line.length()).isEqualTo(4);
    assertThat(line.next(0)).isSameAs(guests[0]);
    assertThat(line.next(0)).isSameAs(guests[1]);
    line.remove(guests[4]);
    assertThat(line.next(0)).isSameAs(guests[3]);
    assertThat(line.next(0)).isNull();
    assertThat(line.length()).isZero();
  }

  @Test
  void aBurstIsServedInOrder() {
    for (int i = 0; i < 50; i++) {
      add();
    }
    run(1_000, 0, 0.1);
    assertThat(waited).hasSize(50);
    assertThat(refused + shed).isZero();
    assertThat(line.isOverloaded()).isFalse();
    assertThat(waited).isSorted();
  }

  @Test
  void fiveTimesTooMuchIsRefusedAtOnceAndNoPlaceIsWasted() {
    // 80 a second find a place, 400 come.
    run(20_000, 0.4, 0.08);
    assertThat(waited).hasSize(1_600);
    assertThat(line.isOverloaded()).isTrue();
    // Whoever was let wait was served, and did not wait long once the overload was known.
    assertThat(shed).isZero();
    assertThat(waited.subList(800, 1_600)).allMatch(ms -> ms < 400);
    assertThat(refused).isGreaterThan(5_000);
    assertThat(line.rate()).isBetween(75.0, 85.0);
    // Load that can be served is no overload any more.
    run(5_000, 0.04, 0.08);
    assertThat(line.isOverloaded()).isFalse();
    assertThat(line.length()).isZero();
    int before = refused;
    run(5_000, 0.07, 0.08);
    assertThat(refused).isEqualTo(before);
  }

  @Test
  void aLineThatStandsStillServesTheYoungestAndLetsTheOthersGo() {
    run(1_000, 0.3, 0.3);
    for (int i = 0; i < 300; i++) {
      add();
    }
    // From 300 a second to 10: those in front will have gone before it is their turn.
    run(3_000, 0, 0.01);
    assertThat(line.isOverloaded()).isTrue();
    Guest next = line.next(now);
    assertThat(next).isNotNull();
    assertThat(next.number).isGreaterThan(500);
    line.putBack(next);
    run(2_500, 0, 0.01);
    assertThat(shed).isGreaterThan(200);
    assertThat(waited).allMatch(ms -> ms <= 5_100);
  }

  @Test
  void whoWouldWaitTooLongIsRefusedAtOnceEvenBeforeThereIsOverload() {
    // 100 a second are served, a few of whom have to wait.
    run(3_000, 0.11, 0.1);
    run(1_000, 0, 0.1);
    assertThat(line.rate()).isBetween(60.0, 101.0);
    assertThat(line.isOverloaded()).isFalse();
    refused = 0;
    for (int i = 0; i < 1_000; i++) {
      add();
    }
    assertThat(line.length()).as("what five seconds can serve").isBetween(300, 510);
    assertThat(refused).isEqualTo(1_000 - line.length());
  }

  @Test
  void aRateOfLongAgoRefusesNobody() {
    run(3_000, 0.011, 0.01);
    run(10_000, 0, 0.01);
    assertThat(line.length()).isZero();
    assertThat(line.rate()).as("nothing is known any more").isZero();
    for (int i = 0; i < 1_000; i++) {
      add();
    }
    assertThat(refused).isZero();
  }
}
