package dev.undercloud.app.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events to one console (WHATWG HTML, 9.2). A console that reads slowly misses events;
 * it never holds anything up.
 */
final class LiveStream {
  /** Events that wait for a slow console. */
  private static final int MOST_WAITING = 256;

  /** How often an idle stream says that it lives, so that a dead connection is noticed. */
  private static final long HEARTBEAT_SECONDS = 15;

  private final Api api;
  private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

  LiveStream(Api api) {
    this.api = api;
  }

  void serve(ServerResponse response) {
    response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
    try (AutoCloseable live = api.live(this::enqueue);
        OutputStream out = response.outputStream()) {
      while (true) {
        out.write(next().getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (Exception closed) {
      // The console went away, in one of the many ways the server library has to say so: that is
      // how
      // a stream ends, and there is nobody left to be told.
    }
  }

  private void enqueue(String type, JsonNode data) {
    waiting.offer("event: " + type + "\ndata: " + data + "\n\n");
  }

  private String next() throws InterruptedException {
    @Nullable String event = waiting.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
    return event == null ? ": alive\n\n" : event;
  }
}
