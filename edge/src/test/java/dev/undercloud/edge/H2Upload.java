package dev.undercloud.edge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Sends a body within the windows of the other side. */
final class H2Upload {
  private static final int FRAME = 16 << 10;
  private static final int INITIAL = 65_535;

  private H2Upload() {}

  static void send(H2Wire client, int stream, byte[] body) throws IOException {
    int ofStream = INITIAL;
    int ofConnection = INITIAL;
    int at = 0;
    while (at < body.length) {
      int bytes = Math.min(Math.min(FRAME, body.length - at), Math.min(ofStream, ofConnection));
      if (bytes == 0) {
        H2Wire.Frame frame = client.next();
        if (frame.type() == H2Wire.WINDOW_UPDATE) {
          int more = ByteBuffer.wrap(frame.payload()).getInt();
          ofStream += frame.stream() == stream ? more : 0;
          ofConnection += frame.stream() == 0 ? more : 0;
        }
        continue;
      }
      boolean last = at + bytes == body.length;
      client.send(
          H2Wire.DATA,
          last ? H2Wire.END_STREAM : 0,
          stream,
          Arrays.copyOfRange(body, at, at + bytes));
      at += bytes;
      ofStream -= bytes;
      ofConnection -= bytes;
    }
  }
}
