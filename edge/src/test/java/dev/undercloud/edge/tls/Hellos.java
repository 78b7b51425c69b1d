package dev.undercloud.edge.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** ClientHellos made by hand, good ones and others (RFC 8446, 4.1.2). */
public final class Hellos {
  private Hellos() {}

  /** Bytes with their length before them. */
  public static byte[] vector(int lengthBytes, byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    byte[] body = all.toByteArray();
    byte[] out = new byte[lengthBytes + body.length];
    for (int i = 0; i < lengthBytes; i++) {
      out[i] = (byte) (body.length >>> 8 * (lengthBytes - 1 - i));
    }
    System.arraycopy(body, 0, out, lengthBytes, body.length);
    return out;
  }

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  public static byte[] extension(int type, byte[] body) {
    return join(new byte[] {(byte) (type >>> 8), (byte) type}, vector(2, body));
  }

  public static byte[] join(byte[]... parts) {
    return vector(0, parts);
  }

  public static byte[] sni(String name) {
    return extension(0, vector(2, new byte[] {0}, vector(2, ascii(name))));
  }

  public static byte[] alpn(String... protocols) {
    byte[][] all = Arrays.stream(protocols).map(p -> vector(1, ascii(p))).toArray(byte[][]::new);
    return extension(16, vector(2, all));
  }

  /** A hello that wants TLS 1.3 with one cipher. */
  public static byte[] message(byte[]... extensions) {
    byte[] body =
        join(
            new byte[] {3, 3},
            new byte[32],
            vector(1, new byte[32]),
            vector(2, new byte[] {0x13, 1}),
            vector(1, new byte[] {0}),
            vector(2, extensions));
    return join(new byte[] {1}, vector(3, body));
  }

  /** The message in records of at most {@code size} bytes. */
  public static byte[] records(byte[] message, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < message.length; at += size) {
      byte[] part = Arrays.copyOfRange(message, at, Math.min(message.length, at + size));
      out.writeBytes(join(new byte[] {22, 3, 1}, vector(2, part)));
    }
    return out.toByteArray();
  }
}
