package dev.undercloud.app.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closed-loop load on keep-alive connections until {@link #stop}: GETs, or POSTs that each carry a
 * mark of their own.
 */
final class Load {
  final AtomicInteger sent = new AtomicInteger();
  final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  final ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  Load(Cloud cloud, int connections, String method, String target) {
    int port = cloud.port();
    String host = cloud.host();
    for (int i = 0; i < connections; i++) {
      threads.add(Thread.ofVirtual().start(() -> work(port, host, method, target)));
    }
  }

  private void work(int port, String host, String method, String target) {
    Wire wire = null;
    while (!stopping) {
      String mark = UUID.randomUUID().toString();
      try {
        wire = wire == null ? new Wire(port, host) : wire;
        String where = method.equals("POST") ? target + "?" + mark : target;
        Wire.Response answer = wire.request(method, where, "", "");
        sent.incrementAndGet();
        if (answer.status() != 200) {
          failures.add(method + " status " + answer.status() + ": " + answer.body());
        } else if (method.equals("POST")) {
          acknowledged.add(mark);
        }
        if (answer.header("connection").equalsIgnoreCase("close")) {
          wire.close();
          wire = null;
        }
      } catch (IOException | RuntimeException e) {
        sent.incrementAndGet();
        failures.add(method + " " + e);
        if (wire != null) {
          wire.close();
          wire = null;
        }
      }
    }
    if (wire != null) {
      wire.close();
    }
  }

  Load stop() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return this;
  }
}
