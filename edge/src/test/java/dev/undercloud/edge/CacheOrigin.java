package dev.undercloud.edge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An origin that answers each path as its script says, and keeps what it was asked. Each answer has
 * a body of its own, so that a stored one is known by it.
 */
final class CacheOrigin implements AutoCloseable {
  /** One answer: status, fields, body; a body of null is one that nobody else gets. */
  record Reply(int status, List<String> fields, String body, List<String> before, boolean cut) {}

  private final Map<String, List<Reply>> scripts = new ConcurrentHashMap<>();
  private final Map<String, List<String>> asked = new ConcurrentHashMap<>();
  final Backend backend;

  CacheOrigin(Path socket) {
    backend = Backend.unix(socket, this::serve);
  }

  void script(String path, Reply reply) {
    scripts.computeIfAbsent(path, p -> new ArrayList<>()).add(reply);
  }

  /** Drops the last line of a script. */
  void forget(String path) {
    scripts.get(path).removeLast();
  }

  /** Heads of the requests for a path, so far. */
  List<String> asked(String path) {
    return asked.getOrDefault(path, List.of());
  }

  private void serve(Backend.Conn conn) throws IOException {
    String head;
    while ((head = conn.head()) != null) {
      conn.body(head);
      String path = head.split(" ")[1];
      List<String> before = asked.computeIfAbsent(path, p -> new ArrayList<>());
      before.add(head);
      List<Reply> script = scripts.getOrDefault(path, List.of());
      Reply reply =
          script.size() >= before.size()
              ? script.get(before.size() - 1)
              // Whoever cuts does so however often it is asked again.
              : !script.isEmpty() && script.getLast().cut
                  ? script.getLast()
                  : new Reply(200, List.of(), null, List.of(), false);
      for (String interim : reply.before) {
        conn.say(interim);
      }
      if (reply.cut) {
        return;
      }
      conn.say(text(reply, head.startsWith("HEAD "), path + " #" + before.size()));
    }
  }

  private static String text(Reply reply, boolean toHead, String own) {
    String body = reply.body == null ? own : reply.body;
    boolean bodiless = reply.status == 204 || reply.status == 304;
    StringBuilder text = new StringBuilder("HTTP/1.1 " + reply.status + " Said\r\n");
    reply.fields.forEach(field -> text.append(field).append("\r\n"));
    if (!bodiless) {
      text.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    text.append("\r\n");
    return bodiless || toHead ? text.toString() : text + body;
  }

  @Override
  public void close() {
    backend.close();
  }
}
