package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.EdgePolicies;
import dev.undercloud.core.policy.Files;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands in front of the app does the same for streams of HTTP/2. */
@Timeout(60)
class Http2RulesTest {
  @TempDir Path folder;

  @Test
  void bodiesAreMeasured() throws Exception {
    try (Rig rig = new Rig();
        RecordingUpstream replica = new RecordingUpstream(folder.resolve("a"))) {
      rig.serve(List.of(replica.address()));
      rig.rules(Policy.route("/up").bodyLimit(10).end());
      try (H2Wire client = H2Wire.to(rig.address())) {
        client.post(1, "/up", "content-length", "10").data(1, "0123456789", true);
        assertThat(client.until(1).status).isEqualTo(200);
        client.post(3, "/up", "content-length", "11").data(3, "01234567890", true);
        assertThat(client.until(3).status).isEqualTo(413);
        client.post(5, "/up").data(5, "01234", false).data(5, "56789", true);
        assertThat(client.until(5).status).isEqualTo(200);
        client.post(7, "/up").data(7, "01234", false).data(7, "evil!?", false);
        assertThat(client.until(7).status).isEqualTo(413);
        assertThat(client.until(7, H2Wire.RST_STREAM).error()).isZero();
        client.get(9, "/");
        assertThat(client.until(9).status).isEqualTo(200);
      }
      assertThat(replica.everything()).doesNotContain("evil");
    }
  }

  @Test
  void filesAreServedWithinTheWindows() throws Exception {
    byte[] large = new byte[2_000_000];
    new Random(5).nextBytes(large);
    Path assets = java.nio.file.Files.createDirectories(folder.resolve("assets"));
    String css = ".a { margin: 0 }\n".repeat(500);
    java.nio.file.Files.write(assets.resolve("large.bin"), large);
    java.nio.file.Files.writeString(assets.resolve("a.css"), css);
    try (Rig rig = new Rig();
        Backend backend = Backend.unix(folder.resolve("a"), Backend.saying("the app"))) {
      rig.serve(backend);
      Files files = new Files(List.of(assets), "/assets/", false, false);
      RouteOptions options = RouteOptions.NONE.with(files);
      RouteRule rule = new RouteRule("test", "/assets/*", List.of(), Set.of(), Map.of(), options);
      AppPolicy policy = AppPolicy.NONE.withRoutes(List.of(rule));
      rig.policies.publish(new EdgePolicies(1, Map.of("app", policy)));
      Rig.eventually(() -> rig.edge.view().policiesInForce() == 1);
      try (H2Wire client = H2Wire.to(rig.address())) {
        client.get(1, "/assets/large.bin").get(3, "/").get(5, "/assets/large.bin");
        assertThat(client.until(3).text()).isEqualTo("the app");
        assertThat(client.until(1).body.toByteArray()).isEqualTo(large);
        assertThat(client.until(5).body.toByteArray()).isEqualTo(large);
        client.get(7, "/assets/a.css", "accept-encoding", "gzip");
        H2Wire.Answer zipped = client.until(7);
        assertThat(zipped.fields).containsEntry("content-encoding", "gzip");
        byte[] body = zipped.body.toByteArray();
        assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
            .isEqualTo(css.getBytes(StandardCharsets.US_ASCII));
      }
      try (H2Wire eager = H2Wire.to(rig.address(), 4, 1 << 30)) {
        eager.generous = false;
        eager.send(H2Wire.WINDOW_UPDATE, 0, 0, H2Wire.number(1 << 30));
        for (int id = 1; id < 16; id += 2) {
          eager.get(id, "/assets/large.bin");
        }
        for (int id = 1; id < 16; id += 2) {
          assertThat(eager.until(id).body.toByteArray()).isEqualTo(large);
        }
      }
    }
  }

  @Test
  void streamsThatAskForTheSameAreAnsweredByOneFetch() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    Backend.Script script =
        conn -> {
          while (conn.request() != null) {
            asked.incrementAndGet();
            open.await();
            conn.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok");
          }
        };
    try (Backend backend = Backend.unix(folder.resolve("a"), script);
        CacheRig rig = new CacheRig(backend)) {
      rig.rules(Map.of("/a", CacheRig.ttl(Duration.ofSeconds(60))));
      try (H2Wire client = H2Wire.to(rig.edge.addresses().getFirst())) {
        for (int id = 1; id < 40; id += 2) {
          client.get(id, "/a");
        }
        Rig.eventually(() -> rig.edge.stats().requests() == 20);
        open.countDown();
        for (int id = 1; id < 40; id += 2) {
          assertThat(client.until(id).text()).isEqualTo("ok");
        }
        client.get(41, "/a");
        assertThat(client.until(41).fields).containsKey("age");
        assertThat(asked).hasValue(1);
      }
    }
  }
}
