package dev.undercloud.control;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The controller's one thread, a virtual one: tasks come through its mailbox, and after each batch
 * it reconciles. Whoever waits for something to come true waits on its {@link State}.
 */
final class Loop {
  /** Looked at again so often though nothing happens: a machine may have slept. */
  private static final long LONGEST_SLEEP = Duration.ofSeconds(30).toNanos();

  /** After a fault of our own: not at once again. */
  private static final long AFTER_FAULT = Duration.ofSeconds(1).toNanos();

  private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
  private final Voice voice;
  private final Object changed = new Object();

  /** Answers to {@link #call}s, given when their effect can be seen. Loop's thread only. */
  private final List<Runnable> answered = new ArrayList<>();

  private volatile State state = State.EMPTY;
  private volatile boolean closed;
  private volatile @Nullable Throwable dead;
  private @Nullable Thread thread;

  Loop(Voice voice) {
    this.voice = voice;
  }

  /**
   * Starts the thread.
   *
   * @param reconcile returns the nanoseconds after which it wants to run again
   * @param state how things stand after it
   */
  void start(Supplier<Long> reconcile, Supplier<State> state) {
    thread = Thread.ofVirtual().name("control").start(() -> run(reconcile, state));
  }

  private void run(Supplier<Long> reconcile, Supplier<State> current) {
    long wait = 0;
    try {
      while (!closed) {
        Runnable task = mailbox.poll(Math.min(wait, LONGEST_SLEEP), TimeUnit.NANOSECONDS);
        while (task != null) {
          guarded(task);
          task = mailbox.poll();
        }
        try {
          wait = reconcile.get();
        } catch (RuntimeException e) {
          complain(e);
          wait = AFTER_FAULT;
        }
        publish(current.get());
        answered.forEach(Runnable::run);
        answered.clear();
      }
    } catch (InterruptedException e) {
      // Closed.
    } catch (Throwable e) {
      die(e);
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      complain(e);
    }
  }

  private void complain(RuntimeException e) {
    StackTraceElement[] stack = e.getStackTrace();
    voice.say(null, "internal fault: " + e + (stack.length == 0 ? "" : " at " + stack[0]));
  }

  /** Queues a task; after {@link #close} it is dropped. */
  void post(Runnable task) {
    mailbox.add(task);
  }

  /** Runs a task on the loop and waits for what it returns, and for the {@link State} after it. */
  <T extends @Nullable Object> T call(Supplier<T> task) throws InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    post(() -> {
      try {
        T value = task.get();
        answered.add(() -> result.complete(value));
      } catch (CloudException | IllegalArgumentException | IllegalStateException e) {
        result.completeExceptionally(e);
      } catch (Throwable e) {
        result.completeExceptionally(e);
        throw e;
      }
    });
    while (true) {
      checkAlive();
      try {
        return result.get(100, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException known) {
          throw known;
        }
        throw new IllegalStateException("the controller has failed", e.getCause());
      } catch (TimeoutException e) {
        // Only to see whether the loop still lives.
      }
    }
  }

  State state() {
    return state;
  }

  /** Waits until {@code ready} gives something, on the caller's thread. */
  <T> T await(Function<State, @Nullable T> ready) throws InterruptedException {
    while (true) {
      State seen = state;
      checkAlive();
      T result = ready.apply(seen);
      if (result != null) {
        return result;
      }
      synchronized (changed) {
        if (state == seen && dead == null && !closed) {
          changed.wait();
        }
      }
    }
  }

  private void publish(State next) {
    synchronized (changed) {
      state = next;
      changed.notifyAll();
    }
  }

  /** Something failed in a way that leaves no trust in what we believe to be there. */
  void die(Throwable cause) {
    synchronized (changed) {
      dead = cause;
      closed = true;
      changed.notifyAll();
    }
    interrupt();
  }

  private void checkAlive() {
    Throwable cause = dead;
    if (cause != null) {
      throw new IllegalStateException("the controller has died", cause);
    }
    if (closed) {
      throw new CloudException(
          new Problem(
              "control-closed",
              Problem.Kind.USER,
              "The command was not carried out",
              null,
              "Undercloud is ending",
              "Start it again and repeat the command"));
    }
  }

  /** Ends the thread and wakes whoever waits. Returns when it has ended. */
  void close() {
    synchronized (changed) {
      closed = true;
      changed.notifyAll();
    }
    interrupt();
    Thread running = thread;
    if (running != null && running != Thread.currentThread()) {
      boolean interrupted = false;
      while (running.isAlive()) {
        try {
          running.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void interrupt() {
    Thread running = thread;
    if (running != null && running != Thread.currentThread()) {
      running.interrupt();
    }
  }
}
