package dev.undercloud.edge.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.Backend;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the cases of the Autobahn suite send, through the edge in both directions at once: every
 * byte arrives, in order, and nothing else, whether it is good WebSocket or not. What is wrong with
 * it is for the two ends to say.
 */
@Timeout(60)
class PassThroughTest {
  private static final String UPGRADE =
      "GET /ws HTTP/1.1\r\nHost: app.localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n"
          + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
  private static final int MORE_TEXT = 0x01;
  private static final int CONTINUED = 0x00;
  private static final int LAST = 0x80;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;

  @TempDir Path folder;
  private final Random random = new Random(6455);

  /** By the numbers of the suite's sections. */
  private Map<String, byte[]> cases() {
    Map<String, byte[]> cases = new LinkedHashMap<>();
    for (int length : new int[] {0, 125, 126, 127, 128, 65535, 65536, 1 << 20}) {
      cases.put("1 text of " + length, frame(TEXT, length));
      cases.put("1 binary of " + length, frame(BINARY, length));
    }
    for (int length : new int[] {0, 1, 125}) {
      cases.put("2 ping of " + length, frame(PING, length));
    }
    cases.put("2 ping of 126, which is too long", frame(PING, 126));
    cases.put("2 a pong nobody asked for", frame(PONG, 5));
    cases.put("2 pings in a flood", times(10_000, frame(PING, 4)));
    for (int rsv = 1; rsv < 8; rsv++) {
      cases.put("3 reserved bits " + rsv, frame(TEXT | rsv << 4, 5));
    }
    for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
      cases.put("4 reserved opcode " + opcode, frame(0x80 | opcode, 3));
    }
    byte[] first = frame(MORE_TEXT, 7);
    byte[] last = frame(LAST, 7);
    cases.put("5 two fragments", join(first, last));
    cases.put("5 a ping within a message", join(first, frame(PING, 3), last));
    cases.put("5 a fragmented ping", join(frame(0x09, 3), last));
    cases.put("5 a continuation of nothing", join(frame(CONTINUED, 3), last));
    cases.put("5 a message within a message", join(first, frame(TEXT, 3), last));
    cases.put("5 a thousand empty fragments", join(first, times(1000, frame(CONTINUED, 0)), last));
    cases.put(
        "6 bytes that are not UTF-8", Frames.of(TEXT, new byte[] {-50, -70, -31, -19, -96}, true));
    cases.put(
        "6 UTF-8 cut between fragments",
        join(Frames.of(1, new byte[] {-50}, true), Frames.of(LAST, new byte[] {-70}, true)));
    for (int status :
        new int[] {
          1000, 1001, 1002, 1003, 1007, 1011, 3000, 4999, 0, 999, 1004, 1005, 1006, 1016, 2999,
          5000, 65535
        }) {
      cases.put("7 close " + status, Frames.close(status, true));
    }
    cases.put("7 an empty close", frame(CLOSE, 0));
    cases.put("7 half a status", frame(CLOSE, 1));
    cases.put("7 a close with a reason", frame(CLOSE, 125));
    cases.put("7 two closes", times(2, Frames.close(1000, true)));
    cases.put("7 a message after the close", join(Frames.close(1000, true), frame(TEXT, 9)));
    cases.put("9 sixteen MiB", frame(BINARY, 16 << 20));
    cases.put("9 a MiB in frames of 64", times(16 << 10, frame(CONTINUED, 64)));
    cases.put("- unmasked", Frames.of(TEXT, new byte[9], false));
    cases.put(
        "- a length of 2^63 and its beginning",
        new byte[] {2, 127, -128, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3});
    cases.put(
        "- HTTP instead",
        "GET /smuggled HTTP/1.1\r\nHost: app.localhost\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII));
    return cases;
  }

  private byte[] frame(int first, int length) {
    return Frames.of(first, length, true, random);
  }

  private static byte[] times(int n, byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < n; i++) {
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] join(byte[]... all) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] bytes : all) {
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void everyByteArrivesBothWays() throws Exception {
    BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
    BlockingQueue<byte[]> toSay = new LinkedBlockingQueue<>();
    List<String> wrong = new ArrayList<>();
    try (Backend backend =
            Backend.unix(
                folder.resolve("a"),
                conn -> {
                  conn.head();
                  conn.say(SWITCHING);
                  Thread writer = Thread.ofVirtual().start(() -> say(conn, toSay));
                  arrived.add(conn.in.readAllBytes());
                  writer.join();
                });
        Rig rig = new Rig().serve(backend)) {
      for (Map.Entry<String, byte[]> one : cases().entrySet()) {
        byte[] bytes = one.getValue();
        for (int piece :
            bytes.length > 2000 ? new int[] {bytes.length} : new int[] {bytes.length, 1}) {
          toSay.add(bytes);
          try (Wire client = rig.connect()) {
            client.send(UPGRADE);
            Wire.Response switched = client.response();
            assertThat(switched.head())
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                .contains("Sec-WebSocket-Protocol: chat\r\n", "permessage-deflate");
            Thread writer = Thread.ofVirtual().start(() -> send(client, bytes, piece));
            byte[] down = client.in.readAllBytes();
            writer.join();
            byte[] up = arrived.poll(15, TimeUnit.SECONDS);
            if (!Arrays.equals(down, bytes) || !Arrays.equals(up, bytes)) {
              wrong.add(one.getKey() + " in pieces of " + piece);
            }
          }
        }
      }
      assertThat(wrong).isEmpty();
      assertThat(backend.failures).isEmpty();
      assertThat(backend.heads.getFirst())
          .contains("Upgrade: WebSocket\r\n", "Sec-WebSocket-Version: 13\r\n", "chat, superchat");
      Rig.eventually(() -> rig.edge.stats().requests() == 0);
    }
  }

  private static void say(Backend.Conn conn, BlockingQueue<byte[]> toSay) {
    try {
      conn.say(toSay.take());
      conn.shutdownOutput();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(Wire client, byte[] bytes, int piece) {
    try {
      for (int at = 0; at < bytes.length; at += piece) {
        client.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)));
      }
      client.socket.shutdownOutput();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
