package dev.undercloud.edge.tls;

import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/** Whose code speaks TLS: BoringSSL where its native part loads, else the JDK's own. */
public enum Engine {
  /** Decided when the first connection comes: loading it takes longer than an app's start. */
  BEST,
  BORINGSSL,
  JDK;

  static Engine best() {
    return BEST;
  }

  /** What it comes down to here. Loads the native part; blocks. */
  SslProvider provider() {
    return this == JDK || this == BEST && !Native.works()
        ? SslProvider.JDK
        : SslProvider.OPENSSL_REFCNT;
  }

  /** Why the JDK's own has to do; null where it has not, or was asked for. */
  @Nullable String regret() {
    return this == BEST && !Native.works() ? String.valueOf(Native.failure()) : null;
  }

  /** Loaded on first use. */
  private static final class Native {
    static boolean works() {
      return io.netty.handler.ssl.OpenSsl.isAvailable();
    }

    static @Nullable Throwable failure() {
      return io.netty.handler.ssl.OpenSsl.unavailabilityCause();
    }
  }
}
