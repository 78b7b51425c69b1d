package dev.undercloud.edge.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.AppPolicy;
import dev.undercloud.core.policy.Ingress;
import dev.undercloud.edge.Backend;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.Rigs;
import dev.undercloud.edge.Wire;
import dev.undercloud.edge.proxy.ClientLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that leave, stall or crowd, in every phase: nothing stays behind, others are served. */
@Timeout(60)
class HostileConnectionsTest {
  /** More than all buffers on its way hold. */
  private static final int LARGE = 64 << 20;

  private static final String HEAD = "Host: app.localhost\r\n";

  /** How a client leaves. */
  enum Exit {
    CLOSED,
    RESET,
    /** Its sending side is closed, and then it does not read either. */
    HALF_CLOSED
  }

  /** What a client has said when it leaves, and what it has got. */
  private enum Phase {
    SILENT("", ""),
    REQUEST_LINE("GET /par", ""),
    FIELD("GET / HTTP/1.1\r\nHost: app.loc", ""),
    LAST_LINE("GET / HTTP/1.1\r\n" + HEAD + "\r", ""),
    NO_BODY("POST /slow HTTP/1.1\r\n" + HEAD + "Content-Length: 9\r\n\r\n", ""),
    HALF_BODY("POST /slow HTTP/1.1\r\n" + HEAD + "Content-Length: 9\r\n\r\nhalf", ""),
    CHUNK_SIZE("POST /slow HTTP/1.1\r\n" + HEAD + "Transfer-Encoding: chunked\r\n\r\n5", ""),
    CHUNK("POST /slow HTTP/1.1\r\n" + HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", ""),
    TRAILERS("POST /slow HTTP/1.1\r\n" + HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y", ""),
    EXPECTING(
        "POST /slow HTTP/1.1\r\n" + HEAD + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n"),
    WAITING("GET /slow HTTP/1.1\r\n" + HEAD + "\r\n", ""),
    RESPONSE_HEAD("GET /half HTTP/1.1\r\n" + HEAD + "\r\n", "HTTP/1.1 200 OK\r\n"),
    IDLE("GET /idle HTTP/1.1\r\n" + HEAD + "\r\n", "HTTP/1.1 200 OK\r\n"),
    PIPELINED("GET /idle HTTP/1.1\r\n" + HEAD + "\r\nGET /slow HTTP/1.1\r\n" + HEAD + "\r\n", ""),
    TUNNEL(
        "GET /ws HTTP/1.1\r\n" + HEAD + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi",
        "HTTP/1.1 101 Switching Protocols\r\n");

    final String said;
    final String got;

    Phase(String said, String got) {
      this.said = said;
      this.got = got;
    }
  }

  @TempDir Path folder;
  private Backend backend;
  private Rig rig;
  private Wire victim;
  private int victims;

  @BeforeEach
  void start() throws IOException {
    backend = Backend.unix(folder.resolve("replica"), HostileConnectionsTest::serve);
    rig = new Rig(config -> config.with(Rigs.hasty())).serve(backend);
    victim = rig.connect();
    // A new connection that says nothing is ended soon; one that has been served is kept.
    victimIsServed("nothing");
  }

  @AfterEach
  void stop() throws IOException {
    victim.close();
    rig.close();
    backend.close();
  }

  private static void serve(Backend.Conn conn) throws IOException {
    String head;
    while ((head = conn.head()) != null) {
      String path = head.split(" ")[1];
      if (path.equals("/slow")) {
        // Says nothing until the edge gives up.
        conn.in.transferTo(java.io.OutputStream.nullOutputStream());
        return;
      }
      if (path.equals("/ws")) {
        conn.say(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        conn.in.transferTo(java.io.OutputStream.nullOutputStream());
        return;
      }
      conn.body(head);
      if (path.equals("/large")) {
        conn.say("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
        byte[] part = new byte[1 << 16];
        for (int sent = 0; sent < LARGE; sent += part.length) {
          conn.say(part);
        }
      }
      boolean half = path.equals("/half");
      conn.say(
          "HTTP/1.1 200 OK\r\nContent-Length: " + (half ? 99 : path.length()) + "\r\n\r\n" + path);
      if (half) {
        conn.in.transferTo(java.io.OutputStream.nullOutputStream());
        return;
      }
    }
  }

  private void victimIsServed(Object after) throws IOException {
    String own = "/victim/" + victims++;
    assertThat(victim.get(own).text()).as("after " + after).isEqualTo(own);
  }

  @ParameterizedTest
  @EnumSource
  void whoLeavesLeavesNothing(Exit exit) throws IOException {
    for (Phase phase : Phase.values()) {
      for (int round = 0; round < (exit == Exit.HALF_CLOSED ? 1 : 3); round++) {
        Wire client = rig.connect();
        client.send(phase.said);
        if (!phase.got.isEmpty()) {
          assertThat(new String(client.in.readNBytes(phase.got.length()))).isEqualTo(phase.got);
        }
        switch (exit) {
          case CLOSED -> client.close();
          case RESET -> {
            client.socket.setSoLinger(true, 0);
            client.close();
          }
          case HALF_CLOSED -> client.socket.shutdownOutput();
        }
        victimIsServed(phase);
        if (exit == Exit.HALF_CLOSED) {
          Rig.eventually(() -> rig.edge.stats().requests() == 0);
          client.close();
        }
      }
    }
    Rig.eventually(() -> rig.edge.stats().requests() == 0 && rig.edge.stats().connections() == 1);
    assertThat(rig.edge.stats().inFlight().values()).allMatch(n -> n == 0);
    // What was begun and not ended is on no connection that is kept.
    victimIsServed("all of them");
    Rig.eventually(() -> backend.open.size() <= 2);
    assertThat(backend.failures).isEmpty();
  }

  /** Thousands that say nothing, or a byte now and then, keep nobody from being served. */
  @Test
  void aCrowdOfSilentClientsHindersNobody() throws IOException {
    List<Wire> crowd = new ArrayList<>();
    try (Rig wide = new Rig().serve(backend);
        Wire other = wide.connect()) {
      for (int i = 0; i < 1_500; i++) {
        Wire client = new Wire(wide.address());
        crowd.add(client);
        if (i % 2 == 0) {
          client.send("GET /slowly HTTP/1.1\r\nX: ");
        }
        if (i % 100 == 0) {
          assertThat(other.get("/" + i).text()).isEqualTo("/" + i);
        }
      }
      for (Wire client : crowd.subList(0, 200)) {
        client.send("y");
      }
      assertThat(other.get("/there").text()).isEqualTo("/there");
      assertThat(backend.connections.get()).isLessThan(10);
      for (Wire client : crowd) {
        client.close();
      }
      Rig.eventually(() -> wide.edge.stats().connections() == 1);
      assertThat(other.get("/after").text()).isEqualTo("/after");
    }
  }

  /** More than one address may have get an answer that says so, and are closed. */
  @Test
  void tooManyOfOneAddressAreToldSo() throws IOException {
    Duration soon = Duration.ofSeconds(2);
    ClientLimits few =
        new ClientLimits(1_000, 300, soon, soon, soon, 512, 32 << 10, soon, soon, soon);
    List<Wire> crowd = new ArrayList<>();
    try (Rig small = new Rig(config -> config.with(few)).serve(backend)) {
      for (int i = 0; i < 300; i++) {
        crowd.add(small.connect());
      }
      Rig.eventually(() -> small.edge.stats().connections() == 300);
      for (int i = 0; i < 50; i++) {
        try (Wire late = small.connect()) {
          assertThat(late.response().status()).isEqualTo(503);
          assertThat(late.ended()).isTrue();
        }
      }
      // Those that say nothing are ended; then there is room again.
      for (Wire client : crowd) {
        assertThat(client.ended()).isTrue();
        client.close();
      }
      try (Wire again = small.connect()) {
        assertThat(again.get("/again").text()).isEqualTo("/again");
      }
    }
  }

  /** The limit of an address is one of clients: a proxy's address has many behind it. */
  @Test
  void aTrustedProxyIsNotOneClient() throws Exception {
    Duration patience = Duration.ofSeconds(20);
    ClientLimits few =
        new ClientLimits(
            40, 5, patience, patience, patience, 512, 32 << 10, patience, patience, patience);
    List<Wire> crowd = new ArrayList<>();
    try (Rig small = new Rig(config -> config.with(few)).serve(backend)) {
      AppPolicy none = AppPolicy.NONE;
      small.rules(
          new AppPolicy(
              none.hosts(),
              none.timeouts(),
              none.routes(),
              none.balance(),
              none.tls(),
              none.maintenance(),
              new Ingress(List.of("127.0.0.0/8"), false)));
      for (int i = 0; i < 40; i++) {
        Wire client = small.connect();
        crowd.add(client);
        assertThat(client.get("/" + i).text()).isEqualTo("/" + i);
      }
      try (Wire late = small.connect()) {
        assertThat(late.response().status()).as("beyond the number of all").isEqualTo(503);
      }
      for (Wire client : crowd) {
        client.close();
      }
    }
  }

  /** Who asks for much and does not read it is cut off, and so is what it was asked of. */
  @Test
  void whoDoesNotReadIsEnded() throws Exception {
    List<Wire> idle = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Wire client = new Wire(rig.address(), 4096);
      idle.add(client);
      client.send("GET /large HTTP/1.1\r\n" + HEAD + "\r\n");
      victimIsServed("a reader that does not read");
    }
    Rig.eventually(() -> rig.edge.stats().requests() == 0 && rig.edge.stats().connections() == 1);
    victimIsServed("all of them");
    Rig.eventually(() -> backend.open.size() <= 2);
    for (Wire client : idle) {
      client.close();
    }
  }

  /** A byte a moment is not enough, in whatever phase. */
  @Test
  void tricklingIsEnded() throws Exception {
    String post = "POST /slow HTTP/1.1\r\n" + HEAD + "Content-Length: 999999\r\n\r\n";
    for (String begun : List.of("GET /slow HTTP/1.1\r\n", post)) {
      try (Wire client = rig.connect()) {
        client.send(begun);
        Thread trickle =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    while (true) {
                      client.send("x");
                      Thread.sleep(20);
                    }
                  } catch (IOException | InterruptedException ended) {
                    // As it should be.
                  }
                });
        assertThat(client.response().status()).isEqualTo(408);
        client.socket.shutdownInput();
        trickle.interrupt();
        trickle.join();
      }
      victimIsServed("trickling");
    }
    Rig.eventually(() -> rig.edge.stats().requests() == 0);
  }
}
