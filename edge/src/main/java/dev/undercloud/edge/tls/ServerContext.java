package dev.undercloud.edge.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * One certificate with one policy, ready for connections. Counted: the native part goes when the
 * last reference does. Any thread.
 */
public final class ServerContext {
  final Identity identity;
  private final SslContext ssl;
  private final Binding binding;
  private final String scope;

  ServerContext(SslContext ssl, Identity identity, Binding binding, String scope) {
    this.ssl = ssl;
    this.identity = identity;
    this.binding = binding;
    this.scope = scope;
  }

  /** What connections with it are made for. */
  public Binding binding() {
    return binding;
  }

  /** Whether the engine keeps incomplete records itself, so that what it is given is free again. */
  public boolean isNative() {
    return ssl.sessionContext() instanceof OpenSslServerSessionContext;
  }

  /** A connection's end of TLS; its caller holds a reference. */
  public SslHandler handler(ByteBufAllocator alloc) {
    SslHandler handler = ssl.newHandler(alloc);
    // Whoever adds it has a deadline of its own.
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  /** Takes a reference; false where the context was replaced and is gone. */
  boolean retain() {
    try {
      ReferenceCountUtil.retain(ssl);
      return true;
    } catch (IllegalReferenceCountException gone) {
      return false;
    }
  }

  /** Gives a reference back. */
  public void release() {
    ReferenceCountUtil.release(ssl);
  }

  /** Uses the latest keys from now on. The caller holds a reference. */
  void adopt(TicketKeys keys) {
    if (ssl.sessionContext() instanceof OpenSslServerSessionContext sessions) {
      List<byte[]> raw = keys.of(scope);
      OpenSslSessionTicketKey[] all = new OpenSslSessionTicketKey[raw.size()];
      for (int i = 0; i < all.length; i++) {
        byte[] key = raw.get(i);
        all[i] =
            new OpenSslSessionTicketKey(
                java.util.Arrays.copyOfRange(key, 0, 16),
                java.util.Arrays.copyOfRange(key, 16, 32),
                java.util.Arrays.copyOfRange(key, 32, 48));
      }
      sessions.setTicketKeys(all);
    }
  }
}
