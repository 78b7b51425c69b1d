package dev.undercloud.edge.http2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a head as HPACK's encoder reads them, in two arrays instead of a map. One for each
 * event loop, reused; so it must be encoded before the next one is read.
 */
abstract class HeadFields extends DefaultHttp2Headers {
  private final @Nullable AsciiString[] names;
  private final @Nullable AsciiString[] values;
  private final Fields fields = new Fields();
  private int count;

  HeadFields(int most) {
    super(false, 2);
    names = new @Nullable AsciiString[most];
    values = new @Nullable AsciiString[most];
  }

  final void begin() {
    count = 0;
  }

  /** Adds a field; beyond the most that there may be, nothing. */
  final void put(AsciiString name, AsciiString value) {
    if (count < names.length) {
      names[count] = name;
      values[count++] = value;
    }
  }

  final AsciiString nameAt(int i) {
    return Objects.requireNonNull(names[i]);
  }

  final AsciiString valueAt(int i) {
    return Objects.requireNonNull(values[i]);
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public boolean isEmpty() {
    return count == 0;
  }

  /** The only one there is: whoever asks for another begins anew. */
  @Override
  public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
    fields.at = -1;
    return fields;
  }

  private final class Fields
      implements Iterator<Map.Entry<CharSequence, CharSequence>>,
          Map.Entry<CharSequence, CharSequence> {
    private int at;

    @Override
    public boolean hasNext() {
      return at + 1 < count;
    }

    @Override
    public Map.Entry<CharSequence, CharSequence> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      at++;
      return this;
    }

    @Override
    public CharSequence getKey() {
      return nameAt(at);
    }

    @Override
    public CharSequence getValue() {
      return valueAt(at);
    }

    @Override
    public CharSequence setValue(CharSequence value) {
      throw new UnsupportedOperationException();
    }
  }
}
