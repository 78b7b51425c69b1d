package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.telemetry.Stage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProxyTest {
  @TempDir Path folder;

  @Test
  void keepsConnectionsOnBothSides() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("a"), Backend.saying("hello"));
        Wire client = rig.serve(backend).connect()) {
      for (int i = 0; i < 10; i++) {
        Wire.Response response = client.get("/" + i);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("hello");
        assertThat(response.field("x-request-id")).matches("[0-9a-f]{16}");
      }
      assertThat(backend.connections).hasValue(1);
      ExchangeSlot first = rig.exchange();
      ExchangeSlot second = rig.exchange();
      assertThat(first.reused).isFalse();
      assertThat(second.reused).isTrue();
      assertThat(new String(second.target, 0, second.targetLength, StandardCharsets.US_ASCII))
          .isEqualTo("/1");
      assertThat(second.outcome).isEqualTo(Outcome.COMPLETE);
      assertThat(second.responseBytes).isEqualTo(5);
      assertThat(first.at[Stage.ACCEPT.ordinal()]).isNotEqualTo(ExchangeSlot.NEVER);
      assertThat(second.at[Stage.ACCEPT.ordinal()]).isEqualTo(ExchangeSlot.NEVER);
      for (int stage = Stage.HEAD.ordinal(); stage < Stage.COUNT; stage++) {
        assertThat(second.at[stage]).isGreaterThanOrEqualTo(second.at[stage - 1]);
      }
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  String request;
                  while ((request = conn.request()) != null) {
                    String path = request.split(" ")[1];
                    Thread.sleep(path.equals("/0") ? 100 : 0);
                    conn.say(
                        "HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path);
                  }
                });
        Wire client = rig.serve(backend).connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: app.localhost\r\n");
        all.append(i % 2 == 0 ? "Content-Length: 3\r\n\r\nabc" : "\r\n");
      }
      client.send(all.toString());
      for (int i = 0; i < 50; i++) {
        assertThat(client.response().text()).isEqualTo("/" + i);
      }
    }
  }
}
