package dev.undercloud.app.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.undercloud.app.home.Instance;
import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Speaks to one running Undercloud. */
public final class LocalClient {
  private final Instance instance;

  public LocalClient(Instance instance) {
    this.instance = instance;
  }

  /** Calls a verb and returns its result; each line on the way goes to {@code onLine}. */
  public JsonNode call(String verb, JsonNode arguments, Consumer<JsonNode> onLine) {
    try (SocketChannel connection =
        SocketChannel.open(UnixDomainSocketAddress.of(instance.socket()))) {
      String call = Json.object().put("verb", verb).set("arguments", arguments) + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(call.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        connection.write(bytes);
      }
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode json = Json.parse(line);
        if (json.has("problem")) {
          throw new CloudException(Problems.parse(json.path("problem")));
        }
        if (json.has("exit")) {
          return json.path("result");
        }
        onLine.accept(json);
      }
      throw new IOException("it ended before it answered");
    } catch (IOException e) {
      throw CloudException.external(
          "not-answering",
          "the Undercloud that serves " + instance.app() + " does not answer",
          String.valueOf(e.getMessage()),
          "Look at the terminal of its `up`, or start it again: undercloud up "
              + instance.directory());
    }
  }

  /** Whether somebody listens. */
  public boolean alive() {
    try (SocketChannel connection =
        SocketChannel.open(UnixDomainSocketAddress.of(instance.socket()))) {
      return connection.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
