package dev.undercloud.edge.proxy;

import dev.undercloud.edge.http1.ResponseRewriter.Transfer;
import io.netty.buffer.ByteBuf;

/** The other end of an exchange whose response no client gets: it takes everything at once. */
abstract class Nobody implements Downstream {
  /** The exchange is over, however that came. */
  abstract void finish();

  @Override
  public final Transfer prepareHead() {
    return Transfer.VERBATIM;
  }

  @Override
  public final void head(ByteBuf in, int length) {
    in.skipBytes(length);
  }

  @Override
  public final void body(ByteBuf piece) {
    piece.release();
  }

  @Override
  public final void end() {
    finish();
  }

  @Override
  public final void answer(Answer answer) {
    finish();
  }

  @Override
  public final void abort(boolean broken) {
    finish();
  }

  @Override
  public final boolean isWritable() {
    return true;
  }

  @Override
  public final boolean reading() {
    return true;
  }

  @Override
  public final long sentBytes() {
    return 0;
  }

  @Override
  public final long pendingBytes() {
    return 0;
  }

  @Override
  public final void ready() {
    // All of it was sent.
  }

  @Override
  public final void interim() {
    // For nobody.
  }

  @Override
  public final void flush() {
    // Nothing is written.
  }

  @Override
  public final void tunnel() {
    // Upgrades have a client.
  }

  @Override
  public final void endTunnel() {
    // There is none.
  }

  @Override
  public final void syncInput() {
    // There is no more.
  }
}
