package dev.undercloud.edge.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fields in the order in which they are decoded, without a map: only what HPACK's decoder and our
 * own code call is supported. One for each event loop, reused for each head.
 */
public final class FieldList extends DefaultHttp2Headers {
  /** Pseudo-header fields that a request can have; a response has one. */
  private static final int PSEUDO = 5;

  private static final int MOST = PSEUDO + Http2Limits.FIELDS + Http2Limits.COOKIE_CRUMBS;

  private final @Nullable AsciiString[] names = new @Nullable AsciiString[MOST];
  private final @Nullable AsciiString[] values = new @Nullable AsciiString[MOST];
  private int count;
  private boolean overflown;

  public FieldList() {
    super(false, 2);
  }

  /** Forgets what is in it. */
  @Override
  public FieldList clear() {
    // Runs within the super class's constructor too, when there is nothing to forget.
    count = 0;
    overflown = false;
    return this;
  }

  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    if (count == MOST) {
      overflown = true;
    } else {
      names[count] = AsciiString.of(name);
      values[count++] = AsciiString.of(value);
    }
    return this;
  }

  /** Whether there were more than are kept. */
  boolean isOverflown() {
    return overflown;
  }

  AsciiString name(int i) {
    AsciiString name = names[i];
    if (name == null || i >= count) {
      throw new IndexOutOfBoundsException(i);
    }
    return name;
  }

  AsciiString value(int i) {
    AsciiString value = values[i];
    if (value == null || i >= count) {
      throw new IndexOutOfBoundsException(i);
    }
    return value;
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public boolean isEmpty() {
    return count == 0;
  }

  /** What Netty tells interim responses by; null where there is none. */
  @Override
  public @Nullable CharSequence status() {
    return count > 0 && name(0).contentEquals(PseudoHeaderName.STATUS.value()) ? value(0) : null;
  }

  /** Nothing: Netty's own check of Content-Length is done by us, with all others. */
  @Override
  public List<CharSequence> getAll(CharSequence name) {
    return List.of();
  }
}
