package dev.undercloud.edge.rule;

/** A keyed hash: who does not know the key cannot make two clients meet. Immutable. */
public final class Hash {
  private static final long A = 0x9e3779b97f4a7c15L;
  private static final long B = 0xbf58476d1ce4e5b9L;

  private final long key;
  private final long other;

  public Hash(long key, long other) {
    this.key = key;
    this.other = other;
  }

  long of(long value) {
    return mix(mix(key ^ value, A ^ other), B ^ key);
  }

  long of(byte[] in, int from, int to) {
    long h = key ^ to - from;
    long word = 0;
    for (int i = from; i < to; i++) {
      word = word << 8 | in[i] & 255;
      if ((i - from & 7) == 7) {
        h = mix(h ^ word, A ^ other);
        word = 0;
      }
    }
    return mix(mix(h ^ word, A ^ other), B ^ key);
  }

  private static long mix(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ a * b;
  }
}
