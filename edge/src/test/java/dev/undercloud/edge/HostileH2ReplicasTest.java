package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.model.Protocol;
import dev.undercloud.edge.HostileH2Replies.Case;
import dev.undercloud.edge.HostileH2Replies.Ends;
import dev.undercloud.edge.balance.Replica.Ejection;
import dev.undercloud.edge.proxy.UpstreamLimits;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a replica says wrongly by HTTP/2 hurts the one request it says it to: a victim on the same
 * connection and one that comes later get their own answers, nothing more is sent on the connection
 * that showed the anomaly, and it is closed.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileH2ReplicasTest {
  /** A replica that breaks a connection with each request would be passed over. */
  private static final UpstreamLimits PATIENT =
      new UpstreamLimits(
          512,
          1_024,
          3,
          Duration.ofMillis(500),
          new Ejection(1_000_000, Duration.ofSeconds(1), Duration.ofSeconds(1)));

  private final Rig rig =
      new Rig(
          c -> new EdgeConfig(c.listen(), 1, c.transport(), c.ringCapacity(), c.client(), PATIENT));
  private final Semaphore closed = new Semaphore(0);
  private final Set<String> seen = ConcurrentHashMap.newKeySet();
  private final H2Replica replica = H2Replica.tcp(this::serve);

  @BeforeAll
  void start() {
    rig.serve(Protocol.H2C, List.of(replica.address()));
  }

  /** The next case finds no connection that this one left behind, nor one that still reads. */
  @AfterEach
  void hangUp() {
    replica.backend.open.forEach(Backend.Conn::close);
    Rig.eventually(replica.backend.open::isEmpty);
    closed.drainPermits();
  }

  @AfterAll
  void stop() {
    rig.close();
    replica.close();
  }

  private void serve(H2Replica.Conn conn) throws Exception {
    conn.hello();
    List<H2Replica.Request> held = new ArrayList<>();
    while (true) {
      H2Replica.Request asked = conn.request();
      String path = String.valueOf(asked.fields.get(":path"));
      if (path.startsWith("/attack/")) {
        attack(conn, asked, held, HostileH2Replies.all().get(number(path)));
        return;
      }
      if (path.startsWith("/held/") && seen.add(path)) {
        // On its way while its neighbour misbehaves; who asks again is answered.
        held.add(asked);
      } else {
        conn.answer(asked);
      }
    }
  }

  private void attack(
      H2Replica.Conn conn, H2Replica.Request asked, List<H2Replica.Request> held, Case attack)
      throws IOException {
    try {
      attack.script().say(conn, asked.stream);
      for (H2Replica.Request each : held) {
        conn.answer(each);
      }
      int before = conn.requests;
      conn.goodbye();
      assertThat(conn.requests).as("%s: sent on", attack.name()).isEqualTo(before);
    } catch (IOException cut) {
      // The edge was quicker.
    } finally {
      closed.release();
    }
  }

  private static int number(String path) {
    return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
  }

  static List<Case> cases() {
    return HostileH2Replies.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aVictimGetsItsOwnAnswer(Case attack) throws Exception {
    int i = HostileH2Replies.all().indexOf(attack);
    try (H2Wire client = H2Wire.to(rig.address())) {
      client.get(1, "/held/h2/" + i);
      Rig.eventually(() -> seen.contains("/held/h2/" + i));
      client.send(
          H2Wire.HEADERS,
          H2Wire.END_HEADERS | H2Wire.END_STREAM,
          3,
          H2Wire.request(attack.method(), "/attack/" + i));
      H2Wire.Answer hurt = client.until(3);
      assertThat(ended(hurt)).isEqualTo(attack.ends());
      assertThat(client.until(1).text()).isEqualTo("GET /held/h2/" + i);
      client.get(5, "/after/h2/" + i);
      assertThat(client.until(5).text()).isEqualTo("GET /after/h2/" + i);
    }
    assertThat(closed.tryAcquire(15, TimeUnit.SECONDS)).as("closed").isTrue();
  }

  private static Ends ended(H2Wire.Answer answer) {
    if (answer.reset >= 0) {
      return Ends.CUT;
    }
    return answer.status == 502 ? Ends.REFUSED : Ends.WHOLE;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void soDoesOneOfHttp1(Case attack) throws Exception {
    int i = HostileH2Replies.all().indexOf(attack);
    try (Wire held = rig.connect();
        Wire client = rig.connect()) {
      held.send("GET /held/h1/" + i + " HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      Rig.eventually(() -> seen.contains("/held/h1/" + i));
      client.send(
          attack.method()
              + " /attack/"
              + i
              + " HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 0\r\n\r\n");
      assertThat(ended(client, attack)).isEqualTo(attack.ends());
      assertThat(held.response().text()).isEqualTo("GET /held/h1/" + i);
      assertThat(held.get("/after/h1/" + i).text()).isEqualTo("GET /after/h1/" + i);
    }
    assertThat(closed.tryAcquire(15, TimeUnit.SECONDS)).as("closed").isTrue();
  }

  private static Ends ended(Wire client, Case attack) throws IOException {
    try {
      Wire.Response answer = client.response(attack.method().equals("HEAD"));
      while (answer.status() < 200) {
        answer = client.response();
      }
      if (answer.status() == 502) {
        return Ends.REFUSED;
      }
      // Whoever has all that it waits for does not see the rest.
      return Ends.WHOLE;
    } catch (EOFException | NumberFormatException | StringIndexOutOfBoundsException cut) {
      return Ends.CUT;
    }
  }
}
