package dev.undercloud.edge.hostile;

import dev.undercloud.edge.Backend;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A replica that answers {@code /attack/N} as the Nth line of the table says, and everything else
 * with its path. Whoever asks anything on a connection that has shown an anomaly is noted.
 */
public final class HostileReplica {
  public final List<HostileUpstream> all = HostileUpstream.all();
  public final List<String> violations = new CopyOnWriteArrayList<>();

  /** Where the bytes of the case at hand are cut: pieces of this size, or two with the first so. */
  public volatile int piece;

  /** The edge has closed the connection that showed an anomaly. */
  private final Semaphore closed = new Semaphore(0);

  /** Waits until a connection that showed an anomaly is closed. */
  public boolean hasClosed(int patienceMs) throws InterruptedException {
    return closed.tryAcquire(patienceMs, TimeUnit.MILLISECONDS);
  }

  /** A {@link Backend.Script}. */
  public void serve(Backend.Conn conn) throws IOException {
    String head;
    while ((head = conn.head()) != null) {
      String path = head.split(" ")[1];
      if (!path.startsWith("/attack/")) {
        conn.body(head);
        conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
        continue;
      }
      HostileUpstream attack = all.get(Integer.parseInt(path.substring(8)));
      if (!attack.method().equals("HALF")) {
        conn.body(head);
      }
      say(conn, attack);
      if (attack.ends()) {
        return;
      }
      if (!attack.kept()) {
        untilClosed(conn, attack);
        closed.release();
        return;
      }
    }
  }

  private void say(Backend.Conn conn, HostileUpstream attack) {
    byte[] bytes = attack.bytes();
    int size = bytes.length > 4096 ? 511 : 1;
    try {
      int at = 0;
      while (at < bytes.length) {
        // The second of two pieces is all the rest.
        int end = piece == 0 ? at + size : at == 0 ? piece : bytes.length;
        conn.say(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, end)));
        at = end;
      }
    } catch (IOException closed) {
      // What was wrong came before the end.
    }
  }

  /** Nobody asks anything on a connection that has shown an anomaly. */
  private void untilClosed(Backend.Conn conn, HostileUpstream attack) {
    try {
      StringBuilder more = new StringBuilder();
      for (int c = conn.in.read(); c >= 0; c = conn.in.read()) {
        more.append((char) c);
      }
      if (more.indexOf("HTTP/1.1") >= 0) {
        violations.add(attack + ": its connection was asked " + more);
      }
    } catch (IOException reset) {
      // Closed as it should be.
    }
  }
}
