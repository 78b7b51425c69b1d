package dev.undercloud.edge;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One side of a test tells the other to go on. Tests of a class run one after another. */
public final class Signals {
  private static final Semaphore GIVEN = new Semaphore(0);

  private Signals() {}

  public static void give() {
    GIVEN.release();
  }

  public static void take() throws InterruptedException {
    if (!GIVEN.tryAcquire(15, TimeUnit.SECONDS)) {
      throw new AssertionError("no signal in 15 s");
    }
  }
}
