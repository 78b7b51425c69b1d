package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Balance;
import dev.undercloud.core.route.Address;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas and apps that fail for longer than a moment. */
@Timeout(60)
class BreakingTest {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 4\r\n\r\nbody";
  @TempDir Path folder;

  private Backend unix(String name, Backend.Script script) {
    return Backend.unix(folder.resolve(name), script);
  }

  @Test
  void retriesEndWhereTheyWouldMultiplyTheLoad() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    // Two of three requests are taken and lost, on whatever replica.
    Backend.Script script =
        conn -> {
          while (conn.request() != null && asked.incrementAndGet() % 3 == 0) {
            conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          }
        };
    try (Rig rig = new Rig();
        Backend one = unix("one", script);
        Backend two = unix("two", script);
        Wire client = rig.serve(one, two).connect()) {
      int spent = 0;
      for (int i = 0; i < 300; i++) {
        Wire.Response response = client.get("/");
        assertThat(response.status()).isIn(200, 502);
        spent += response.text().contains("sent again already") ? 1 : 0;
      }
      assertThat(spent).isGreaterThan(50);
      // A hundred for nothing, and a tenth of those that came; a second window may have begun.
      assertThat(asked.get()).isBetween(370, 300 + 200 + 30);
    }
  }

  @Test
  void aReplicaWhoseAnswersAreErrorsIsPassedOver() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (Rig rig = new Rig();
        Backend bad =
            unix(
                "bad",
                conn -> {
                  while (conn.request() != null) {
                    asked.incrementAndGet();
                    conn.say("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                  }
                });
        Backend good = unix("good", Backend.saying("good"));
        Wire client = rig.serve(bad, good).connect()) {
      // By latency it would hardly be asked any more, even before that.
      rig.follow(OverloadTest.policy(Balance.DEFAULT.by(Balance.Policy.ROUND_ROBIN)));
      AtomicBoolean told = new AtomicBoolean();
      Rig.eventually(() -> {
        try {
          for (int i = 0; i < 20; i++) {
            client.get("/");
          }
        } catch (java.io.IOException e) {
          throw new AssertionError(e);
        }
        told.set(rig.log.stream().anyMatch(line -> line.message().contains("were errors")));
        return told.get();
      });
      int before = asked.get();
      for (int i = 0; i < 50; i++) {
        assertThat(client.get("/").text()).isEqualTo("good");
      }
      assertThat(asked.get()).isEqualTo(before);
    }
  }

  @Test
  void anAppThatNobodyAnswersForIsNotAskedForAWhile() throws Exception {
    AtomicBoolean works = new AtomicBoolean();
    try (Rig rig = new Rig();
        Backend one =
            unix(
                "one",
                conn -> {
                  while (conn.request() != null && works.get()) {
                    conn.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  }
                });
        Wire client = rig.serve(one).connect()) {
      Rig.eventually(() -> {
        try {
          Thread.sleep(5);
          Wire.Response response = client.send(POST).response();
          return response.status() == 503 && response.text().contains("is not asked");
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      });
      int asked = one.heads.size();
      for (int i = 0; i < 20; i++) {
        Wire.Response response = client.send(POST).response();
        assertThat(response.status()).isEqualTo(503);
        assertThat(Integer.parseInt(response.field("retry-after"))).isPositive();
      }
      assertThat(one.heads).hasSize(asked);
      works.set(true);
      Rig.eventually(() -> {
        try {
          return client.send(POST).response().status() == 200;
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      });
      assertThat(rig.log).anyMatch(line -> line.message().contains("is not asked for 1000 ms"));
    }
  }

  @Test
  void roundRobinGoesRoundAndPassesTheAbsentOver() throws Exception {
    Balance round = Balance.DEFAULT.by(Balance.Policy.ROUND_ROBIN);
    try (Rig rig = new Rig(Rigs::single);
        Backend one = unix("one", Backend.saying("1"));
        Backend two = unix("two", Backend.saying("2"));
        Wire client = rig.connect()) {
      rig.serve(List.of(one.address(), two.address(), new Address.Unix(folder.resolve("gone"))));
      rig.follow(OverloadTest.policy(round));
      StringBuilder seen = new StringBuilder();
      for (int i = 0; i < 30; i++) {
        seen.append(client.send(POST).response().text());
      }
      assertThat(seen.substring(20)).isIn("1212121212", "2121212121");
    }
  }
}
