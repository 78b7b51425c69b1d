package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * An exchange after {@code 101 Switching Protocols}: bytes pass both ways, and each direction ends
 * by itself. Its loop's thread only.
 */
final class Tunnel {
  private final Exchange exchange;
  private final Downstream down;
  private final ExchangeSlot slot;
  private @Nullable UpstreamConnection up;
  private int halvesEnded;

  Tunnel(Exchange exchange, Downstream down) {
    this.exchange = exchange;
    this.down = down;
    slot = exchange.slot;
  }

  void start(UpstreamConnection up) {
    this.up = up;
    halvesEnded = 0;
    up.startTunnel();
  }

  /** Bytes from the replica, with their reference. */
  void down(ByteBuf piece) {
    slot.responseBytes += piece.readableBytes();
    exchange.responseBody(piece);
  }

  /** Bytes from the client, with their reference. */
  void up(ByteBuf piece) {
    slot.requestBytes += piece.readableBytes();
    if (up == null) {
      piece.release();
    } else {
      up.write(piece);
    }
  }

  /** The replica has nothing more to send. */
  void downEnded() {
    down.endTunnel();
  }

  /** The client has nothing more to send. */
  void upEnded() {
    if (up != null) {
      up.endTunnel();
    }
  }

  /** One direction has ended and what it carried is delivered; after both nothing is left. */
  void halfEnded() {
    if (up != null && ++halvesEnded == 2) {
      exchange.tunnelClosed();
    }
  }

  void closed() {
    up = null;
  }
}
