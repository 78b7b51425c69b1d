package dev.undercloud.edge.proxy;

import io.netty.buffer.ByteBuf;

/**
 * Holds a request until the beginning of its body is there, behind its head and in its buffer: a
 * client that says that it will send something, and does not, costs some memory of the edge and no
 * thread of a Python server, which would wait for it. What is small is whole then, and can be sent
 * again to another replica. Its loop's thread only.
 */
final class Gathering {
  /**
   * As much as is waited for: who sends so much is in earnest, and minimum rates see to the rest.
   */
  static final int ENOUGH = 16 << 10;

  private final Loop loop;
  private int bytes;
  private boolean on;

  Gathering(Loop loop) {
    this.loop = loop;
  }

  /**
   * Whether the request is held. Where there is no replica or no memory for it, it is not; nor is
   * one of gRPC, whose two directions answer each other.
   */
  boolean begin(App app, Request request) {
    on = app.pools.length > 0 && loop.mayGather() && !request.grpc;
    if (on) {
      bytes = 0;
      loop.gathers(1);
    }
    return on;
  }

  /** Puts a piece of the body behind the head, takes its reference; whether that is enough. */
  boolean add(ByteBuf head, ByteBuf piece) {
    bytes += piece.readableBytes();
    head.writeBytes(piece);
    piece.release();
    return bytes >= ENOUGH;
  }

  /** The request goes on its way, or is over. */
  void end() {
    if (on) {
      on = false;
      loop.gathers(-1);
    }
  }
}
