package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.core.telemetry.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TunnelTest {
  private static final String UPGRADE =
      "GET /ws HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  private static final int MIB = 1 << 20;
  @TempDir Path folder;

  private Backend once(Backend.Script script) {
    return Backend.unix(folder.resolve("a"), script);
  }

  @Test
  void bytesPassBothWaysAndEachEndIsPassedOn() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              assertThat(conn.head()).containsIgnoringCase("upgrade: websocket");
              conn.say(SWITCHING + "first");
              for (int c = conn.in.read(); c >= 0; c = conn.in.read()) {
                conn.say(new byte[] {(byte) c});
              }
              conn.say("last");
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(UPGRADE + "early");
      assertThat(client.response().status()).isEqualTo(101);
      assertThat(new String(client.in.readNBytes(10))).isEqualTo("firstearly");
      client.send("more");
      assertThat(new String(client.in.readNBytes(4))).isEqualTo("more");
      assertThat(rig.edge.stats().requests()).isEqualTo(1);
      assertThat(rig.edge.stats().inFlight().values()).containsExactly(1);
      client.socket.shutdownOutput();
      assertThat(new String(client.in.readAllBytes())).isEqualTo("last");
      ExchangeSlot slot = rig.exchange();
      assertThat(slot.outcome).isEqualTo(Outcome.TUNNEL_CLOSED);
      assertThat(slot.status).isEqualTo(101);
      assertThat(slot.requestBytes).isEqualTo(9);
      assertThat(slot.responseBytes).isEqualTo(18);
      assertThat(rig.edge.stats().inFlight().values()).containsExactly(0);
      assertThat(backend.failures).isEmpty();
    }
  }

  @Test
  void theReplicaMayEndFirst() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say(SWITCHING);
              conn.shutdownOutput();
              assertThat(new String(conn.in.readAllBytes())).isEqualTo("still");
              Signals.give();
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(UPGRADE);
      assertThat(client.response().status()).isEqualTo(101);
      assertThat(client.ended()).isTrue();
      client.send("still");
      client.socket.shutdownOutput();
      Signals.take();
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.TUNNEL_CLOSED);
    }
  }

  @Test
  void aRefusedUpgradeIsAPlainResponse() throws Exception {
    try (Rig rig = new Rig();
        Backend backend = once(Backend.saying("no"));
        Wire client = rig.serve(backend).connect()) {
      client.send(UPGRADE);
      assertThat(client.response().text()).isEqualTo("no");
      assertThat(client.get("/").text()).isEqualTo("no");
    }
  }

  @Test
  void deathOfOneSideIsTheEndOfTheOther() throws Exception {
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say(SWITCHING);
              if (conn.in.read() < 0) {
                Signals.give();
              }
            })) {
      rig.serve(backend);
      Wire client = rig.connect();
      client.send(UPGRADE);
      client.response();
      client.socket.setSoLinger(true, 0);
      client.close();
      Signals.take();
      assertThat(rig.exchange().outcome).isEqualTo(Outcome.TUNNEL_CLOSED);
    }
  }

  @Test
  void aSlowReaderStopsTheWriter() throws Exception {
    AtomicLong written = new AtomicLong();
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say(SWITCHING);
              byte[] part = new byte[1 << 16];
              for (int i = 0; i < 512; i++) {
                conn.say(part);
                written.addAndGet(part.length);
              }
              conn.in.read();
            });
        Wire client = new Wire(rig.serve(backend).address(), 4096)) {
      client.send(UPGRADE);
      client.response();
      Thread.sleep(600);
      assertThat(written.get()).isLessThan(16L * MIB);
      assertThat(client.in.readNBytes(32 * MIB)).hasSize(32 * MIB);
    }
  }

  @Test
  void aReplicaThatDoesNotReadStopsTheClient() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (Rig rig = new Rig();
        Backend backend =
            once(conn -> {
              conn.head();
              conn.say(SWITCHING);
              Thread.sleep(800);
              conn.in.skipNBytes(32L * MIB);
              conn.say("done");
            });
        Wire client = rig.serve(backend).connect()) {
      client.send(UPGRADE);
      client.response();
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 32; i++) {
                    client.send(new byte[MIB]);
                    sent.addAndGet(MIB);
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread.sleep(500);
      assertThat(sent.get()).isLessThan(24L * MIB);
      assertThat(new String(client.in.readNBytes(4))).isEqualTo("done");
      writer.join();
    }
  }
}
