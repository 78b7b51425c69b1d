package dev.undercloud.edge.proxy;

import io.netty.buffer.ByteBuf;

/**
 * The replica's side of an {@link Exchange}, whatever protocol it speaks: a connection of HTTP/1,
 * or a stream of HTTP/2. What it hears goes to the exchange's {@link ResponseSide}. Owning event
 * loop only. After {@link #release} nothing more is called for this exchange.
 */
interface UpstreamSide {
  /** Sends a request head of HTTP/1.1, with whatever of the body is behind it, as one buffer. */
  void send(Exchange exchange, ByteBuf head);

  /** Passes body bytes, framed as the head says, or a tunnel's, and their reference. */
  void write(ByteBuf piece);

  /** Sends what was written. */
  void flush();

  /** Whether more should be written now. */
  boolean isWritable();

  /** Stops and starts reading with what the client can take. */
  void setReading(boolean reading);

  /** Whether the body that is on its way could end where it is; not where its length is known. */
  boolean mayEndHere();

  /** Whether that body is framed in chunks. */
  boolean isChunked();

  /** Bytes are only passed from now on, and each direction ends by itself. */
  void startTunnel();

  /** The tunnel's client has nothing more to send: ends this direction once all is delivered. */
  void endTunnel();

  /**
   * The exchange needs no more of it.
   *
   * @param whole whether request and response are both at their end
   */
  void release(boolean whole);
}
