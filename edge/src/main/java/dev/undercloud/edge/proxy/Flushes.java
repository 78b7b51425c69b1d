package dev.undercloud.edge.proxy;

import dev.undercloud.edge.net.Sends;
import java.util.ArrayList;
import java.util.concurrent.Executor;

/**
 * Connections of one loop that have something to send: flushed when every connection that has
 * something to read was read. The first flush of several in a row wakes whoever reads there, which
 * costs more than the write; the others find it awake. So clients have their turn together, and
 * replicas theirs. A loop with much to do sends to all of them by one system call; with little it
 * does not: whoever takes the processor away between two sends has its answer there before the loop
 * would go to sleep. Its loop's thread only.
 */
final class Flushes {
  /** Flushes in a tick of the wheel that are much: some 5,000 requests a second. */
  private static final int MUCH = 1_000;

  private final Executor loop;
  private final FailureLog log;
  private final Sends sends = new Sends();
  private final Runnable all = this::flushAll;
  private final Turn clients = new Turn();
  private final Turn replicas = new Turn();
  private boolean scheduled;
  private int flushed;
  private boolean much;

  Flushes(Executor loop, FailureLog log) {
    this.loop = loop;
    this.log = log;
  }

  void ofClient(Flushable connection) {
    clients.add(connection);
    schedule();
  }

  void ofReplica(Flushable connection) {
    replicas.add(connection);
    schedule();
  }

  /** Once in a tick of the wheel. */
  void tick() {
    much = flushed >= MUCH;
    flushed = 0;
  }

  /** The loop ends. */
  void close() {
    sends.close();
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(all);
    }
  }

  private void flushAll() {
    scheduled = false;
    clients.begin();
    replicas.begin();
    int count = clients.size() + replicas.size();
    flushed += count;
    if (much && sends.isWorthwhile(count)) {
      sendTogether();
    }
    clients.flush();
    replicas.flush();
  }

  private void sendTogether() {
    try {
      clients.offer();
      replicas.offer();
    } catch (RuntimeException bug) {
      log.ifOurs(bug);
    }
    sends.submit();
  }

  private final class Turn {
    private ArrayList<Flushable> waiting = new ArrayList<>();
    private ArrayList<Flushable> flushing = new ArrayList<>();

    void add(Flushable connection) {
      waiting.add(connection);
    }

    /** What is added from here on waits for the next turn. */
    void begin() {
      ArrayList<Flushable> now = waiting;
      waiting = flushing;
      flushing = now;
    }

    int size() {
      return flushing.size();
    }

    void offer() {
      for (int i = 0; i < flushing.size(); i++) {
        flushing.get(i).offer(sends);
      }
    }

    void flush() {
      for (int i = 0; i < flushing.size(); i++) {
        flush(flushing.get(i));
      }
      flushing.clear();
    }

    /** What fails here, which nothing should, fails alone: others have something to send, too. */
    private void flush(Flushable connection) {
      try {
        connection.flushNow();
      } catch (RuntimeException bug) {
        log.ifOurs(bug);
      }
    }
  }
}
