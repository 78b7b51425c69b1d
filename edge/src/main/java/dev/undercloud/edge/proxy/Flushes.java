package dev.undercloud.edge.proxy;

import java.util.ArrayList;
import java.util.concurrent.Executor;

/**
 * Connections of one loop that have something to send: flushed when every connection that has
 * something to read was read. The first flush of several in a row wakes whoever reads there, which
 * costs more than the write; the others find it awake. So clients have their turn together, and
 * replicas theirs. Its loop's thread only.
 */
final class Flushes {
  private final Executor loop;
  private final FailureLog log;
  private final Runnable all = this::flushAll;
  private final Turn clients = new Turn();
  private final Turn replicas = new Turn();
  private boolean scheduled;

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

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(all);
    }
  }

  private void flushAll() {
    scheduled = false;
    clients.flush();
    replicas.flush();
  }

  private final class Turn {
    private ArrayList<Flushable> waiting = new ArrayList<>();
    private ArrayList<Flushable> flushing = new ArrayList<>();

    void add(Flushable connection) {
      waiting.add(connection);
    }

    /** What is added meanwhile waits for the next turn. */
    void flush() {
      ArrayList<Flushable> now = waiting;
      waiting = flushing;
      flushing = now;
      for (int i = 0; i < now.size(); i++) {
        flush(now.get(i));
      }
      now.clear();
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
