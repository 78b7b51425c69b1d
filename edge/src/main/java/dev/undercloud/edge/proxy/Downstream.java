package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import dev.undercloud.edge.net.Descriptor;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an {@link Exchange}, whatever protocol it speaks. Owning event loop only.
 * After {@link #end}, {@link #answer} or {@link #abort} nothing more is called for this exchange.
 */
interface Downstream {
  /**
   * What the request waited for is known: it is routed again.
   *
   * @param head its head, as it was parsed
   */
  void routeAgain(byte[] head);

  /** The replica is connected: the client may send its body, and hears so if it waits for that. */
  void ready();

  /** Passes the interim response that the loop has just parsed, where the client can take it. */
  void interim();

  /**
   * Rewrites the response head that the loop has just parsed; {@link #head} sends it.
   *
   * @return how body bytes are to be handed over
   */
  Transfer prepareHead();

  /** Sends the prepared head and takes the first {@code length} bytes of {@code in} as body. */
  void head(ByteBuf in, int length);

  /** Takes body bytes and their reference. */
  void body(ByteBuf piece);

  /** The socket that takes {@link #file}; null where bytes are encrypted or framed on their way. */
  default @Nullable Descriptor fileSocket() {
    return null;
  }

  /** Takes a part of a file and its reference; more is written once {@link #isWritable} again. */
  default void file(FileRegion part) {
    throw new IllegalStateException("there is no socket for files");
  }

  /**
   * Moves body bytes that nobody needs to see from a replica's socket, up to {@code most}.
   *
   * @return how many have left {@code from}: 0 where it is empty, or this client cannot do so now
   */
  default long moveFrom(Descriptor from, long most) {
    return 0;
  }

  /** Whether trailers can be told: then they are kept of a body that may have them. */
  default boolean takesTrailers() {
    return false;
  }

  /** Field lines that come behind the body, each with its line end; {@link #end} follows. */
  default void trailers(byte[] lines, int length) {}

  /** Hands what was written to the kernel. */
  void flush();

  /** Whether more should be written now. */
  boolean isWritable();

  /** The response is whole. */
  void end();

  /** The response is ours; none has begun. */
  void answer(Answer answer);

  /**
   * A response has begun and cannot be completed: the client must be able to tell.
   *
   * @param broken whether cutting it off is all that tells, since no framing does
   */
  void abort(boolean broken);

  /** The protocol has changed: from now on bytes are only passed. */
  void tunnel();

  /** A tunnel's replica has nothing more to send: ends this direction once all is delivered. */
  void endTunnel();

  /** Looks again whether the client's bytes can be taken. */
  void syncInput();

  /** Whether bytes of the client are being read, or held back because the replica is slow. */
  boolean reading();

  /** Whether the client speaks TLS, with us or with a proxy that we trust. */
  default boolean isSecure() {
    return false;
  }

  /** Bytes written to the client that the kernel has taken. */
  long sentBytes();

  /** Bytes written that the kernel has not taken. */
  long pendingBytes();
}
