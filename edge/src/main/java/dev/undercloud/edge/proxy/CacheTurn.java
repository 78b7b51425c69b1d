package dev.undercloud.edge.proxy;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the cache does with one exchange on its way to a replica and back. Its loop's thread only.
 */
abstract class CacheTurn {
  /** So long a request waits for another one's response before it goes itself. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Whether the request is to wait: {@link #wakes} tells when it need not any more. */
  boolean holds(Exchange exchange, long now) {
    return false;
  }

  /** It has waited long enough. */
  void wakes(Exchange exchange) {
    exchange.proceed();
  }

  /**
   * The replica's final head was parsed, and passes on: what is stored of it, and what it
   * invalidates.
   *
   * @param request as the replica got it
   */
  void response(Exchange exchange, ByteBuf request) {}

  /** Whether the final head that was parsed is for the cache alone; {@link #taken} answers then. */
  boolean takes(Exchange exchange) {
    return false;
  }

  /** Answers instead of the head that was taken. */
  void taken(Exchange exchange) {}

  /** No replica answers: whether the cache does. */
  boolean failed(Exchange exchange) {
    return false;
  }

  /** Whether the replica gets another question than the client's. */
  boolean asksItself() {
    return false;
  }

  /** Another app answers than the one it was made for; what is left to do then. */
  @Nullable CacheTurn forAnother() {
    return this;
  }

  /** The exchange is over, however it ended. */
  void over() {}
}
