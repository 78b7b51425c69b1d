package dev.undercloud.edge.compress;

import dev.undercloud.edge.http1.Edits;
import dev.undercloud.edge.http1.FieldValues;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.http1.ResponseHead;
import dev.undercloud.edge.net.Transport;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compresses responses of apps for clients that take it (RFC 9110, 8.4): text of a KiB or more that
 * is not compressed, not a part, not under {@code no-transform} (RFC 9111, 5.2.2.6). What comes
 * without a length is told piece by piece as it comes.
 *
 * <p>A length that depends on a secret and on what an attacker wrote beside it tells the secret
 * (BREACH). So, unless a route asks for it, responses that may hold secrets stay as they are: those
 * to requests with cookies or credentials, those that set cookies, those that say {@code private}
 * or {@code no-store}; a response that says {@code public} holds none. One for each event loop,
 * whose thread alone uses it.
 */
public final class Compression implements AutoCloseable {
  /** Bodies compressed at once: each holds up to a MiB outside of the heap. */
  public static final int MOST = 64;

  private static final byte[] AUTHORIZATION = ascii("authorization");
  private static final byte[] ETAG = ascii("etag");
  private static final byte[] ACCEPT_RANGES = ascii("accept-ranges");
  private static final byte[] CONTENT_ENCODING_NAME = ascii("Content-Encoding");
  private static final byte[] VARY_NAME = ascii("Vary");
  private static final byte[] ETAG_NAME = ascii("ETag");
  private static final byte[] ACCEPT_ENCODING = ascii("Accept-Encoding");

  private final Encoders encoders;
  private final AcceptEncoding accept = new AcceptEncoding();
  private final Compressible response = new Compressible();
  private final ArrayDeque<Compressing> spare = new ArrayDeque<>();
  private byte[] weak = new byte[256];

  public Compression() {
    this(MOST);
  }

  /**
   * @param most bodies compressed at once; others are passed as they are
   */
  Compression(int most) {
    encoders = new Encoders(most);
  }

  /**
   * What compresses the response to a request, if that may be.
   *
   * @param head what was parsed from {@code in}
   * @param wanted what the route says: empty for what is safe
   * @param own name of the edge's own cookie, which is no secret of the app's; null for none
   * @return null where the client takes nothing, or the route refuses
   */
  public @Nullable Compressor filterFor(
      RequestHead head, byte[] in, Optional<Boolean> wanted, byte @Nullable [] own) {
    if (wanted.isPresent() && !wanted.get()) {
      return null;
    }
    accept.read(head, in);
    if (accept.quality(Coding.ZSTD) > 0 || accept.quality(Coding.BR) > 0) {
      Codecs.want();
    }
    Coding coding = accept.best(Codecs.available(), Coding.ZSTD);
    if (coding == null || head.upgrade) {
      return null;
    }
    Compressing filter = spare.poll();
    if (filter == null) {
      filter = new Compressing();
    }
    filter.coding = coding;
    filter.asked = wanted.isPresent();
    filter.credentials = FieldValues.hasCookieBeside(head, in, own) || has(head, in, AUTHORIZATION);
    return filter;
  }

  private static boolean has(RequestHead head, byte[] in, byte[] name) {
    for (int f = 0; f < head.fieldCount(); f++) {
      if (head.isField(f, in, name)) {
        return true;
      }
    }
    return false;
  }

  /** Bodies being compressed now. */
  int used() {
    return encoders.used();
  }

  @Override
  public void close() {
    encoders.close();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The way of one response. */
  private final class Compressing implements Compressor {
    private Coding coding = Coding.GZIP;
    private boolean asked;
    private boolean credentials;
    private @Nullable Encoder encoder;

    /** Whether each piece is to be told at once: nobody knows when the next one comes. */
    private boolean streams;

    @Override
    public boolean head(ResponseHead head, byte[] in, Edits edits) {
      if (!response.of(head, in) || !encoders.hasRoom()) {
        return false;
      }
      if (isSecret(response.personal, response.open)) {
        return false;
      }
      edit(head, in, edits);
      if (head.body == ResponseHead.Body.NONE) {
        return false;
      }
      streams = head.contentLength < 0;
      encoder = encoders.take(coding);
      return true;
    }

    private boolean isSecret(boolean personal, boolean open) {
      return !asked && (personal || credentials && !open);
    }

    @Override
    public @Nullable Coding coding(Codable of) {
      return of.codable() && !isSecret(of.personal(), of.open()) ? coding : null;
    }

    @Override
    public @Nullable Coding making() {
      return encoder == null ? null : coding;
    }

    private void edit(ResponseHead head, byte[] in, Edits edits) {
      byte[] token = coding.token();
      edits.add(CONTENT_ENCODING_NAME, token, 0, token.length);
      edits.lengthUnknown();
      edits.remove(ACCEPT_RANGES);
      if (!response.varies) {
        edits.add(VARY_NAME, ACCEPT_ENCODING, 0, ACCEPT_ENCODING.length);
      }
      if (response.tag >= 0 && in[head.valueAt(response.tag)] != 'W') {
        weaken(in, head.valueAt(response.tag), head.valueEnd(response.tag), edits);
      }
    }

    /** Two codings of one content are no longer the same bytes (RFC 9110, 8.8.3.3). */
    private void weaken(byte[] in, int from, int to, Edits edits) {
      edits.remove(ETAG);
      int length = to - from + 2;
      if (length > weak.length) {
        return;
      }
      weak[0] = 'W';
      weak[1] = '/';
      System.arraycopy(in, from, weak, 2, to - from);
      edits.add(ETAG_NAME, weak, 0, length);
    }

    @Override
    public @Nullable ByteBuf body(ByteBuf piece) {
      Encoder by = encoder;
      if (by == null) {
        return piece;
      }
      ByteBuf out = Transport.BUFFERS.directBuffer(Math.max(256, piece.readableBytes() / 2));
      try {
        by.write(piece, out, streams);
      } finally {
        piece.release();
      }
      return some(out);
    }

    @Override
    public @Nullable ByteBuf end() {
      Encoder by = encoder;
      if (by == null) {
        return null;
      }
      ByteBuf out = Transport.BUFFERS.directBuffer(256);
      by.end(out);
      return some(out);
    }

    private static @Nullable ByteBuf some(ByteBuf out) {
      if (out.isReadable()) {
        return out;
      }
      out.release();
      return null;
    }

    @Override
    public void close() {
      encoders.giveBack(coding, encoder);
      encoder = null;
      spare.push(this);
    }
  }
}
