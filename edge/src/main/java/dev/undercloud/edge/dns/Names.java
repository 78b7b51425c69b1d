package dev.undercloud.edge.dns;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Every name that is served, by its octets in lower case. Hashes of all suffixes of a name come of
 * one pass over it from the right, so a name that is not there costs one look per label. Immutable.
 */
final class Names {
  private static final int FEWEST = 16;

  private final Node[] nodes;
  private final int[] hashes;
  private final int mask;

  Names(Collection<Node> all) {
    int capacity = Math.max(FEWEST, Integer.highestOneBit(Math.max(1, all.size())) * 4);
    nodes = new Node[capacity];
    hashes = new int[capacity];
    mask = capacity - 1;
    for (Node node : all) {
      int hash = hash(node.key);
      int at = slot(hash);
      while (nodes[at] != null) {
        at = at + 1 & mask;
      }
      nodes[at] = node;
      hashes[at] = hash;
    }
  }

  /** The node of the name in {@code name} from {@code from} to {@code to}. */
  @Nullable Node find(byte[] name, int from, int to, int hash) {
    for (int at = slot(hash); nodes[at] != null; at = at + 1 & mask) {
      if (hashes[at] == hash) {
        byte[] key = nodes[at].key;
        if (Arrays.equals(key, 0, key.length, name, from, to)) {
          return nodes[at];
        }
      }
    }
    return null;
  }

  private int slot(int hash) {
    int mixed = hash * 0x9E3779B9;
    return (mixed ^ mixed >>> 16) & mask;
  }

  /** The hash of a name with one more label in front: {@code length} octets with its own. */
  static int extend(int hash, byte[] name, int label, int length) {
    int extended = hash;
    for (int i = label; i < label + length; i++) {
      extended = extended * 31 + name[i];
    }
    return extended;
  }

  static int hash(byte[] key) {
    int[] labels = new int[128];
    int count = 0;
    for (int at = 0; key[at] != 0; at += key[at] + 1) {
      labels[count++] = at;
    }
    int hash = 0;
    while (count-- > 0) {
      hash = extend(hash, key, labels[count], key[labels[count]] + 1);
    }
    return hash;
  }
}
