package dev.undercloud.edge.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.Outcome;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.Backend;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.Rigs;
import dev.undercloud.edge.Signals;
import dev.undercloud.edge.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What could last for ever comes to a good end when its replica or the edge leaves. */
@Timeout(60)
class DrainNoticeTest {
  private static final String UPGRADE =
      "GET /ws HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
  private static final String GET = "GET /events HTTP/1.1\r\nHost: app.localhost\r\n\r\n";
  private static final byte[] GOING_AWAY = Frames.close(1001, false);
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  private Backend backend(Backend.Script script) {
    return Backend.unix(folder.resolve("a"), script);
  }

  private static Rig served(Rig rig, Backend backend) {
    rig.serve(backend);
    return rig;
  }

  /** The replica reads the client's goodbye and ends the connection, as after any other. */
  private static void untilGoodbye(Backend.Conn conn) throws IOException {
    assertThat(conn.in.readNBytes(8)).isEqualTo(Frames.close(1001, true));
    conn.say(Frames.close(1001, false));
  }

  @Test
  void aWebSocketIsToldThatTheReplicaLeaves() throws Exception {
    try (Backend old =
            backend(conn -> {
              conn.head();
              conn.say(SWITCHING);
              conn.say(Frames.text("hello", false));
              untilGoodbye(conn);
            });
        Backend fresh = Backend.unix(folder.resolve("b"), Backend.saying("fresh"));
        Rig rig = served(new Rig(), old);
        Wire client = rig.connect()) {
      client.send(UPGRADE);
      assertThat(client.response().status()).isEqualTo(101);
      assertThat(client.in.readNBytes(7)).isEqualTo(Frames.text("hello", false));
      rig.serve(fresh);
      assertThat(client.in.readNBytes(4)).isEqualTo(GOING_AWAY);
      client.send(Frames.close(1001, true));
      // Nothing after a Close frame: the replica's own is not passed.
      assertThat(client.ended()).isTrue();
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.TUNNEL_CLOSED);
      Rig.eventually(() -> rig.edge.view().inFlight("app@" + old.address()) == 0);
      assertThat(old.failures).isEmpty();
    }
  }

  @Test
  void theEdgeClosesAtOnceWhereEverybodySaysGoodbye() throws Exception {
    Rig rig = new Rig();
    try (Backend backend =
            backend(conn -> {
              String head = conn.head();
              if (head.contains("/events")) {
                conn.say(EVENTS + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n");
                conn.in.read();
              } else {
                conn.say(SWITCHING);
                untilGoodbye(conn);
              }
            });
        Wire socket = served(rig, backend).connect();
        Wire events = rig.connect()) {
      socket.send(UPGRADE);
      assertThat(socket.response().status()).isEqualTo(101);
      events.send(GET);
      assertThat(events.head()).contains("text/event-stream");
      long began = Clock.system().nanos();
      Thread closing = Thread.ofVirtual().start(() -> rig.edge.close(LONG));
      assertThat(socket.in.readNBytes(4)).isEqualTo(GOING_AWAY);
      socket.send(Frames.close(1001, true));
      assertThat(socket.ended()).isTrue();
      assertThat(new String(events.in.readAllBytes())).isEqualTo("9\r\ndata: a\n\n\r\n0\r\n\r\n");
      closing.join();
      // Not the whole time that a drain may take.
      assertThat(Clock.system().nanos() - began).isLessThan(LONG.toNanos() / 3);
      assertThat(backend.failures).isEmpty();
    }
  }

  @Test
  void aClientThatDoesNotAnswerIsEndedSoon() throws Exception {
    try (Backend backend =
            backend(conn -> {
              conn.head();
              conn.say(SWITCHING);
              if (conn.in.read() < 0) {
                Signals.give();
              }
            });
        Rig rig = served(new Rig(c -> c.with(Rigs.hasty())), backend);
        Wire client = rig.connect()) {
      client.send(UPGRADE);
      assertThat(client.response().status()).isEqualTo(101);
      rig.publish(List.of());
      assertThat(client.in.readNBytes(4)).isEqualTo(GOING_AWAY);
      assertThat(client.ended()).isTrue();
      Signals.take();
    }
  }

  /** Nothing is said within a frame, wherever its bytes are split. */
  @Test
  void aFrameIsLetToItsEnd() throws Exception {
    byte[] frame = Frames.of(0x82, new byte[300], false);
    byte[] after = Frames.text("never seen", false);
    for (int split : new int[] {1, 2, 3, 4, 5, 150, 303}) {
      try (Backend backend =
              backend(conn -> {
                conn.head();
                conn.say(SWITCHING);
                conn.say(Arrays.copyOf(frame, split));
                Signals.take();
                byte[] rest = Arrays.copyOfRange(frame, split, frame.length);
                byte[] both = Arrays.copyOf(rest, rest.length + after.length);
                System.arraycopy(after, 0, both, rest.length, after.length);
                conn.say(both);
                untilGoodbye(conn);
              });
          Rig rig = served(new Rig(), backend);
          Wire client = rig.connect()) {
        client.send(UPGRADE);
        client.response();
        byte[] first = client.in.readNBytes(split);
        rig.publish(List.of());
        Signals.give();
        assertThat(first).isEqualTo(Arrays.copyOf(frame, split));
        assertThat(client.in.readNBytes(frame.length - split))
            .isEqualTo(Arrays.copyOfRange(frame, split, frame.length));
        assertThat(client.in.readNBytes(4)).as("split at %d", split).isEqualTo(GOING_AWAY);
        client.send(Frames.close(1001, true));
        assertThat(client.ended()).isTrue();
        assertThat(backend.failures).isEmpty();
      }
    }
  }

  /** Who is closing already is not told to. */
  @Test
  void aCloseOfTheReplicaIsTheOnlyOne() throws Exception {
    try (Backend backend =
            backend(conn -> {
              conn.head();
              conn.say(SWITCHING);
              conn.say(Frames.close(1000, false));
              assertThat(conn.in.readNBytes(8)).isEqualTo(Frames.close(1000, true));
            });
        Rig rig = served(new Rig(), backend);
        Wire client = rig.connect()) {
      client.send(UPGRADE);
      client.response();
      assertThat(client.in.readNBytes(4)).isEqualTo(Frames.close(1000, false));
      rig.publish(List.of());
      client.send(Frames.close(1000, true));
      assertThat(client.ended()).isTrue();
      assertThat(backend.failures).isEmpty();
    }
  }

  @Test
  void eventStreamsEndWholeInEveryFraming() throws Exception {
    String[] framings = {"Transfer-Encoding: chunked\r\n", ""};
    for (String framing : framings) {
      for (String version : List.of("1.1", "1.0")) {
        try (Backend backend =
                backend(conn -> {
                  conn.head();
                  boolean chunked = !framing.isEmpty();
                  conn.say(EVENTS + framing + "\r\n" + (chunked ? "9\r\n" : "") + "data: a\n\n");
                  conn.say(chunked ? "\r\n" : "");
                  conn.in.read();
                  Signals.give();
                });
            Rig rig = served(new Rig(), backend);
            Wire client = rig.connect()) {
          client.send(GET.replace("1.1", version));
          Rig.eventually(() -> rig.edge.stats().requests() == 1);
          List<Wire.Response> got = new ArrayList<>();
          Thread reader =
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      got.add(client.response());
                    } catch (IOException cut) {
                      throw new IllegalStateException(cut);
                    }
                  });
          // Once the first event is on its way.
          Clock.system().sleep(Duration.ofMillis(100));
          rig.publish(List.of());
          reader.join();
          assertThat(got).as(framing + version).hasSize(1);
          assertThat(got.getFirst().text()).isEqualTo("data: a\n\n");
          assertThat(rig.exchange().outcome).isEqualTo(Outcome.COMPLETE);
          Signals.take();
        }
      }
    }
  }

  /** A chunk is let to its end; the connection to the client stays. */
  @Test
  void anEventStreamIsNotCutWithinAnEvent() throws Exception {
    try (Backend backend =
            backend(conn -> {
              conn.head();
              conn.say(EVENTS + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata");
              Signals.take();
              conn.say(": a\n\n\r\n");
              conn.in.read();
            });
        Backend fresh = Backend.unix(folder.resolve("b"), Backend.saying("fresh"));
        Rig rig = served(new Rig(), backend);
        Wire client = rig.connect()) {
      client.send(GET);
      String head = client.head();
      assertThat(new String(client.in.readNBytes(7))).isEqualTo("9\r\ndata");
      rig.serve(fresh);
      Signals.give();
      assertThat(new String(client.in.readNBytes(12))).isEqualTo(": a\n\n\r\n0\r\n\r\n");
      assertThat(head).doesNotContain("close");
      assertThat(client.get("/").text()).isEqualTo("fresh");
    }
  }

  /** What a POST asked for, such as words of a language model, comes to the end that it has. */
  @Test
  void anEventStreamThatAnswersAPostIsLetToItsEnd() throws Exception {
    try (Backend backend =
            backend(conn -> {
              conn.request();
              conn.say(EVENTS + "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n");
              Signals.take();
              conn.say("9\r\ndata: b\n\n\r\n0\r\n\r\n");
            });
        Rig rig = served(new Rig(), backend);
        Wire client = rig.connect()) {
      client.send(GET.replace("GET", "POST").replace("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n"));
      Rig.eventually(() -> rig.edge.stats().requests() == 1);
      rig.publish(List.of());
      Signals.give();
      assertThat(client.response().text()).isEqualTo("data: a\n\ndata: b\n\n");
    }
  }

  /** A change of the table that leaves the replica in it disturbs nobody. */
  @Test
  void aReloadDisturbsNobody() throws Exception {
    try (Backend backend =
            backend(conn -> {
              conn.head();
              conn.say(SWITCHING);
              Signals.take();
              conn.say(Frames.text("still here", false));
            });
        Rig rig = served(new Rig(), backend);
        Wire client = rig.connect()) {
      client.send(UPGRADE);
      client.response();
      for (int i = 0; i < 20; i++) {
        rig.serve(backend);
      }
      Signals.give();
      assertThat(client.in.readNBytes(12)).isEqualTo(Frames.text("still here", false));
    }
  }

  @Test
  void manyLeaveOneAfterAnother() throws Exception {
    int many = 200;
    List<Wire> clients = new ArrayList<>();
    try (Backend backend =
            backend(conn -> {
              conn.head();
              conn.say(SWITCHING);
              conn.in.readNBytes(8);
            });
        Rig rig = served(new Rig(Rigs::single), backend)) {
      for (int i = 0; i < many; i++) {
        Wire client = rig.connect();
        clients.add(client);
        client.send(UPGRADE);
        assertThat(client.response().status()).isEqualTo(101);
      }
      rig.publish(List.of());
      for (Wire client : clients) {
        assertThat(client.in.readNBytes(4)).isEqualTo(GOING_AWAY);
        client.send(Frames.close(1001, true));
        assertThat(client.ended()).isTrue();
        client.close();
      }
      Rig.eventually(() -> rig.edge.stats().requests() == 0);
    }
  }
}
