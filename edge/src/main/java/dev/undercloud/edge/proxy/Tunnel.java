package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.ExchangeSlot;
import dev.undercloud.edge.websocket.FrameBoundary;
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
  private @Nullable UpstreamSide up;
  private int halvesEnded;

  /** Follows what the replica sends; null where that is no WebSocket. */
  private @Nullable FrameBoundary frames;

  private boolean departing;

  /** The client was told that we are going: nothing may follow that. */
  private boolean told;

  Tunnel(Exchange exchange, Downstream down) {
    this.exchange = exchange;
    this.down = down;
    slot = exchange.slot;
  }

  void start(UpstreamSide up, boolean webSocket) {
    this.up = up;
    halvesEnded = 0;
    frames = webSocket ? new FrameBoundary() : null;
    departing = told = false;
    up.startTunnel();
  }

  /** Bytes from the replica, with their reference. */
  void down(ByteBuf piece) {
    if (told) {
      piece.release();
      return;
    }
    FrameBoundary follow = frames;
    if (follow != null) {
      int at = piece.readerIndex();
      int end = piece.writerIndex();
      if (!departing) {
        follow.follow(piece, at, end);
      } else {
        at += follow.take(piece, at, end);
        if (follow.isBetweenFrames()) {
          pass(piece.writerIndex(at));
          tell(follow);
          return;
        }
      }
    }
    pass(piece);
  }

  private void pass(ByteBuf piece) {
    slot.responseBytes += piece.readableBytes();
    exchange.toClient.body(piece);
  }

  /**
   * The replica or the edge is leaving. A WebSocket's client is told so where a frame ends, and
   * what it answers reaches the replica, which then ends the connection as after any goodbye. Of
   * other protocols nothing is known: they stay until they are cut.
   */
  void depart() {
    if (frames != null && !departing) {
      departing = true;
      if (frames.isBetweenFrames()) {
        tell(frames);
      }
    }
  }

  private void tell(FrameBoundary at) {
    if (!at.isClosing()) {
      told = true;
      pass(FrameBoundary.goingAway());
    }
    exchange.toClient.tunnelTold();
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
    if (told) {
      // Both have said goodbye: nobody has anything to add.
      exchange.tunnelClosed();
    } else {
      down.endTunnel();
    }
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
