package dev.undercloud.edge;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a cache whose app counts how often it is asked. */
abstract class CacheCounting {
  static final String FRESH = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n";

  @TempDir Path folder;
  final AtomicInteger asked = new AtomicInteger();

  /** Answers each request with these fields and its number. */
  Backend numbered(String head) {
    return Backend.unix(
        folder.resolve("s"),
        conn -> {
          while (conn.request() != null) {
            String body = "#" + asked.incrementAndGet();
            conn.say(head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
          }
        });
  }
}
