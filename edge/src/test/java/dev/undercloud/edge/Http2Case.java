package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Clients of HTTP/2 that say plain frames, before replicas made by hand. */
abstract class Http2Case {
  static final String OK = "HTTP/1.1 200 OK\r\n";

  /** So much of a body as an app hears of it at all. */
  static final String BEGINNING = "x".repeat(16 << 10);

  @TempDir Path folder;

  Backend backend(Backend.Script script) {
    return Backend.unix(folder.resolve("a"), script);
  }

  /** A replica that says the same to every request. */
  Backend saying(String response) {
    return backend(conn -> {
      while (conn.request() != null) {
        conn.say(response);
      }
    });
  }

  interface Talk {
    void with(H2Wire client, Rig rig, Backend backend) throws Exception;
  }

  void talk(Backend backend, Talk talk, int... settings) throws Exception {
    try (Rig rig = new Rig();
        backend) {
      rig.serve(backend);
      try (H2Wire client = H2Wire.to(rig.address(), settings)) {
        talk.with(client, rig, backend);
      }
      assertThat(backend.failures).isEmpty();
    }
  }
}
