package dev.undercloud.edge.compress;

import com.aayushatharva.brotli4j.encoder.Encoder.Mode;
import com.aayushatharva.brotli4j.encoder.EncoderJNI;
import com.aayushatharva.brotli4j.encoder.EncoderJNI.Operation;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Brotli (RFC 7932) by its own library, whose encoders are for one body each. */
final class BrotliEncoder implements Encoder {
  /** Of 0 to 11: smaller than gzip at its best, in about gzip's time; from 5 on it is slow. */
  private static final int QUALITY = 4;

  /** 2^19 bytes of memory as long as the response takes. */
  private static final int WINDOW_LOG = 19;

  private static final int INPUT_BYTES = 16 << 10;

  private EncoderJNI.@Nullable Wrapper wrapper;

  @Override
  public void write(ByteBuf in, ByteBuf out, boolean flush) {
    EncoderJNI.Wrapper to = wrapper();
    while (in.isReadable()) {
      ByteBuffer input = to.getInputBuffer();
      input.clear();
      int length = Math.min(in.readableBytes(), input.remaining());
      input.limit(length);
      in.readBytes(input);
      run(to, Operation.PROCESS, length, out);
    }
    if (flush) {
      run(to, Operation.FLUSH, 0, out);
    }
  }

  private EncoderJNI.Wrapper wrapper() {
    EncoderJNI.Wrapper open = wrapper;
    if (open == null) {
      try {
        open = new EncoderJNI.Wrapper(INPUT_BYTES, QUALITY, WINDOW_LOG, Mode.TEXT);
      } catch (IOException outOfMemory) {
        throw new UncheckedIOException(outOfMemory);
      }
      wrapper = open;
    }
    return open;
  }

  private static void run(EncoderJNI.Wrapper to, Operation how, int length, ByteBuf out) {
    to.push(how, length);
    while (true) {
      if (!to.isSuccess()) {
        throw new IllegalStateException("Brotli does not go on");
      }
      if (to.hasMoreOutput()) {
        out.writeBytes(to.pull());
      } else if (to.hasRemainingInput()) {
        to.push(how, 0);
      } else {
        return;
      }
    }
  }

  @Override
  public void end(ByteBuf out) {
    run(wrapper(), Operation.FINISH, 0, out);
    reset();
  }

  @Override
  public void reset() {
    EncoderJNI.Wrapper open = wrapper;
    if (open != null) {
      wrapper = null;
      open.destroy();
    }
  }

  @Override
  public void close() {
    reset();
  }
}
