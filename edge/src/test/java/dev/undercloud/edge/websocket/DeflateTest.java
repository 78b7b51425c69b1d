package dev.undercloud.edge.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.edge.EchoServer;
import dev.undercloud.edge.Rig;
import dev.undercloud.edge.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compressed messages (RFC 7692) to a real server, as sections 12 and 13 of newer Autobahn suites
 * have them: what is negotiated and what is echoed is the same through the edge as without it.
 */
@Timeout(60)
class DeflateTest {
  private static final int TEXT = 0xc1;
  private static final int BINARY = 0xc2;
  private static final byte[] TAIL = {0, 0, -1, -1};

  /** What section 13 offers, by its parts. */
  private static final List<String> OFFERS =
      List.of(
          "permessage-deflate",
          "permessage-deflate; client_no_context_takeover; client_max_window_bits",
          "permessage-deflate; server_no_context_takeover",
          "permessage-deflate; server_max_window_bits=9",
          "permessage-deflate; server_max_window_bits=15; client_max_window_bits",
          "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
          "permessage-deflate; server_max_window_bits=8, permessage-deflate");

  private static final int[] SIZES = {0, 16, 64, 256, 1024, 4096, 8192, 16384, 65536, 131072};

  @TempDir Path folder;

  @Test
  void compressedMessagesPassAsTheyAre() throws Exception {
    try (EchoServer echo = new EchoServer(folder);
        Rig rig = new Rig().serve(List.of(echo.address()))) {
      InetSocketAddress direct =
          new InetSocketAddress(InetAddress.getByName("127.0.0.1"), echo.port());
      for (String offer : OFFERS) {
        List<String> without = talk(direct, offer);
        assertThat(talk(rig.address(), offer)).as(offer).isEqualTo(without);
        assertThat(without).doesNotContain("other");
      }
    }
  }

  /**
   * What was negotiated, then of each message how many bytes came back and whether as they were.
   */
  private static List<String> talk(InetSocketAddress to, String offer) throws Exception {
    List<String> seen = new ArrayList<>();
    try (Wire wire = new Wire(to)) {
      wire.send(
          "GET / HTTP/1.1\r\nHost: app.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Extensions: "
              + offer
              + "\r\n\r\n");
      Map<String, String> fields = wire.response().fields();
      seen.add(fields.get("sec-websocket-extensions"));
      Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
      Inflater inflater = new Inflater(true);
      Random random = new Random(7692);
      for (int size : SIZES) {
        for (int opcode : new int[] {TEXT, BINARY}) {
          byte[] message = message(opcode, size, random);
          if (offer.contains("client_no_context_takeover")) {
            deflater.reset();
          }
          send(wire, opcode, deflate(deflater, message));
          if (offer.contains("server_no_context_takeover")) {
            inflater.reset();
          }
          byte[] packed = receive(wire, opcode);
          boolean same = Arrays.equals(inflate(inflater, packed, size), message);
          seen.add(packed.length + (same ? " same" : " other"));
        }
      }
      wire.send(Frames.close(1000, true));
      assertThat(wire.in.readAllBytes()).isEqualTo(Frames.close(1000, false));
    }
    return seen;
  }

  private static byte[] message(int opcode, int size, Random random) {
    byte[] message = new byte[size];
    if (opcode == BINARY) {
      random.nextBytes(message);
    } else {
      byte[] words =
          "{\"AutobahnPython\": 0.6.0, \"value\": 23}\n".getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < size; i++) {
        message[i] = words[i % words.length];
      }
    }
    return message;
  }

  /** In one frame, or in two where there is enough: only the first says that it is compressed. */
  private static void send(Wire wire, int opcode, byte[] packed) throws IOException {
    if (packed.length < 100) {
      wire.send(Frames.of(opcode, packed, true));
      return;
    }
    wire.send(Frames.of(opcode & 0x7f, Arrays.copyOf(packed, 50), true));
    wire.send(Frames.of(0x80, Arrays.copyOfRange(packed, 50, packed.length), true));
  }

  private static byte[] deflate(Deflater deflater, byte[] message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 14];
    deflater.setInput(message);
    for (int n = piece.length; n == piece.length; ) {
      n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
      out.write(piece, 0, n);
    }
    byte[] all = out.toByteArray();
    return all.length < TAIL.length ? new byte[1] : Arrays.copyOf(all, all.length - TAIL.length);
  }

  private static byte[] inflate(Inflater inflater, byte[] packed, int size)
      throws DataFormatException {
    byte[] whole = Arrays.copyOf(packed, packed.length + TAIL.length);
    System.arraycopy(TAIL, 0, whole, packed.length, TAIL.length);
    inflater.setInput(whole);
    byte[] out = new byte[size + 1];
    int at = 0;
    for (int n = 1; n > 0; at += n) {
      n = inflater.inflate(out, at, out.length - at);
    }
    return Arrays.copyOf(out, at);
  }

  private static byte[] receive(Wire wire, int opcode) throws IOException {
    assertThat(wire.in.read()).isEqualTo(opcode);
    int length = wire.in.read();
    int more = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (more > 0) {
      length = new BigInteger(1, wire.in.readNBytes(more)).intValueExact();
    }
    return wire.in.readNBytes(length);
  }
}
