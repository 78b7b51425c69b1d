package dev.undercloud.app.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.render.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The command line that waits at the other end. Safe for any thread. */
public final class Caller implements AutoCloseable {
  private final OutputStream out;
  private volatile boolean gone;

  Caller(OutputStream out) {
    this.out = out;
  }

  /** A sentence of progress. */
  public void progress(String sentence) {
    tell(Json.object().put("progress", sentence));
  }

  /** One item of a stream: a log line of {@code logs -f}. */
  public void item(JsonNode item) {
    tell(Json.object().set("item", item));
  }

  /** Finds out whether somebody still listens; says nothing to them. */
  public void alive() {
    tell(Json.object());
  }

  /** Whether nobody listens any more: long verbs that only inform end then. */
  public boolean gone() {
    return gone;
  }

  private void tell(JsonNode line) {
    try {
      send(line);
    } catch (IOException e) {
      gone = true;
    }
  }

  synchronized void send(JsonNode line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
