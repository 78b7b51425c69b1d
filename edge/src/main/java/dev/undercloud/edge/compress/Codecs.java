package dev.undercloud.edge.compress;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.util.Native;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which codings this process can make. gzip always; the native parts of the others are loaded
 * beside the event loops when a client first takes one of them, and where that fails, as on a
 * machine that lets nobody run what lies in its folder for temporary files, gzip it is. Any thread.
 */
final class Codecs {
  private static final AtomicBoolean ASKED = new AtomicBoolean();
  private static volatile int available = Coding.GZIP.bit();

  private Codecs() {}

  /** {@link Coding#bit Bits} of those there are by now. */
  static int available() {
    return available;
  }

  /** A client takes more than gzip: the others will be there for its next requests. */
  static void want() {
    if (!ASKED.getPlain() && ASKED.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("codecs").start(Codecs::load);
    }
  }

  /** Loads what can be loaded. Blocks. */
  static void load() {
    int found = Coding.GZIP.bit();
    try {
      Native.load();
      found |= Coding.ZSTD.bit();
    } catch (Throwable missing) {
      // Not for this platform, or not to be run from where it would be put.
    }
    if (Brotli4jLoader.isAvailable()) {
      found |= Coding.BR.bit();
    }
    available = found;
  }

  /** A new encoder of an available coding. */
  static Encoder encoder(Coding coding) {
    return switch (coding) {
      case GZIP -> new GzipEncoder();
      case ZSTD -> new ZstdEncoder();
      case BR -> new BrotliEncoder();
    };
  }
}
