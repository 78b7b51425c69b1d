package dev.undercloud.edge.file;

import dev.undercloud.core.id.Entropy;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.reply.Source;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/** A responder with a clock of its own, asked without a socket. */
final class Asked implements AutoCloseable {
  /** Starts well after any file that a test writes, and moves only by hand. */
  static final class HandClock implements Clock {
    private Instant now = Clock.system().now().plusSeconds(100);
    private long nanos = 1_000_000_000_000L;

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleep(Duration duration) {
      pass(duration);
    }

    void pass(Duration time) {
      now = now.plus(time);
      nanos += time.toNanos();
    }

    void set(Instant time) {
      now = time;
      nanos += Duration.ofSeconds(5).toNanos();
    }
  }

  record Response(int status, Map<String, String> fields, byte[] body, String head) {
    String field(String name) {
      return fields.get(name);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** Whether all that the head announced came. */
    boolean whole() {
      return field("content-length") == null
          || Long.parseLong(field("content-length")) == body.length;
    }
  }

  final HandClock clock = new HandClock();
  final FileResponder files;

  /** Of the requests to come. */
  String query = "?y=z";

  private final RequestHead head = new RequestHead(HeadLimits.DEFAULT);

  Asked() {
    this(FileLimits.DEFAULT, Runnable::run);
  }

  Asked(FileLimits limits, Executor background) {
    files = new FileResponder(clock, Entropy.seeded(1), limits, Runnable::run, background);
  }

  Response get(Files rule, String path, String... fields) {
    return ask("GET", rule, path, fields);
  }

  /** Null where there is no such file. The path goes in as it is, not normalised. */
  Response ask(String method, Files rule, String path, String... fields) {
    Source source = source(method, rule, path, fields);
    return source == null ? null : read(source, method.equals("HEAD"));
  }

  Source source(String method, Files rule, String path, String... fields) {
    String request =
        method + " /x" + query + " HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields);
    request += fields.length == 0 ? "\r\n" : "\r\n\r\n";
    byte[] in = request.getBytes(StandardCharsets.ISO_8859_1);
    if (head.parse(in, 0, in.length) != in.length) {
      throw new IllegalArgumentException("no request: " + request);
    }
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    return files.of(rule, head, in, bytes, 0, bytes.length);
  }

  static Response read(Source source, boolean headOnly) {
    try (source) {
      byte[] out = new byte[64 << 10];
      String head = new String(out, 0, source.head(out), StandardCharsets.ISO_8859_1);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      ByteBuf piece;
      while (!headOnly && (piece = source.next(64 << 10)) != null) {
        piece.readBytes(body, piece.readableBytes());
        piece.release();
      }
      Map<String, String> fields = new TreeMap<>();
      String[] lines = head.split("\r\n");
      for (int i = 1; i < lines.length; i++) {
        String[] parts = lines[i].split(": ", 2);
        String name = parts[0].toLowerCase(Locale.ROOT);
        if (fields.put(name, parts[1]) != null) {
          throw new IllegalStateException(name + " is told twice: " + head);
        }
      }
      int status = Integer.parseInt(lines[0].split(" ")[1]);
      return new Response(status, fields, body.toByteArray(), head);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    files.close();
  }
}
