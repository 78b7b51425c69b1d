package dev.undercloud.edge.websocket;

import java.io.ByteArrayOutputStream;
import java.util.Random;

/** WebSocket frames, byte for byte (RFC 6455, 5.2). */
final class Frames {
  private Frames() {}

  static byte[] of(int first, int length, boolean masked, Random random) {
    byte[] payload = new byte[length];
    random.nextBytes(payload);
    return of(first, payload, masked);
  }

  /** The mask is all zeros where there is one, which is as good as any here. */
  static byte[] of(int first, byte[] payload, boolean masked) {
    int mask = masked ? 0x80 : 0;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    if (payload.length < 126) {
      out.write(mask | payload.length);
    } else if (payload.length < 65536) {
      out.write(mask | 126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    } else {
      out.write(mask | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.write((int) ((long) payload.length >> shift));
      }
    }
    out.writeBytes(new byte[masked ? 4 : 0]);
    out.writeBytes(payload);
    return out.toByteArray();
  }

  static byte[] text(String text, boolean masked) {
    return of(0x81, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), masked);
  }

  static byte[] close(int status, boolean masked) {
    return of(0x88, new byte[] {(byte) (status >> 8), (byte) status}, masked);
  }
}
