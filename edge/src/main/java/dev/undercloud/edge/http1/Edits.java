package dev.undercloud.edge.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Changes of a response head on its way to the client, besides those that HTTP asks of every proxy.
 * One for each event loop, cleared before each head: nothing is allocated where nothing is changed.
 */
public final class Edits {
  /** Lines that are added may take so much: RFC 9110 names no limit, clients have 8 to 256 KiB. */
  public static final int MOST_BYTES = 8 << 10;

  private static final int MOST_REMOVED = 64;

  private final byte[] lines = new byte[MOST_BYTES];
  private final byte[][] removed = new byte[MOST_REMOVED][];
  private int length;
  private int removals;
  private boolean lengthUnknown;
  private boolean filtered;

  public void clear() {
    if (removals > 0) {
      Arrays.fill(removed, 0, removals, null);
    }
    length = removals = 0;
    lengthUnknown = false;
    filtered = false;
  }

  /** Adds a field. Name and value are the edge's own or were checked: nothing is checked here. */
  public void add(byte[] name, byte[] value, int from, int to) {
    int bytes = name.length + to - from + 4;
    if (length + bytes > MOST_BYTES) {
      throw new IllegalStateException("more than " + MOST_BYTES + " bytes of fields were added");
    }
    System.arraycopy(name, 0, lines, length, name.length);
    length += name.length;
    lines[length++] = ':';
    lines[length++] = ' ';
    System.arraycopy(value, from, lines, length, to - from);
    length += to - from;
    lines[length++] = '\r';
    lines[length++] = '\n';
  }

  /** As {@link #add(byte[], byte[], int, int)}, for what is not on every request's path. */
  public void add(String name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    add(name.getBytes(StandardCharsets.US_ASCII), bytes, 0, bytes.length);
  }

  /** Drops every field of that name, which is lower case. */
  public void remove(byte[] name) {
    if (removals == MOST_REMOVED) {
      throw new IllegalStateException("more than " + MOST_REMOVED + " fields were removed");
    }
    removed[removals++] = name;
  }

  /** The body will have another length than the head says: none is told. */
  public void lengthUnknown() {
    lengthUnknown = true;
  }

  public boolean isLengthUnknown() {
    return lengthUnknown;
  }

  /** The body passes through filters: its framing is made anew. */
  public void filtered() {
    filtered = true;
  }

  public boolean isFiltered() {
    return filtered;
  }

  public int removals() {
    return removals;
  }

  public byte[] removal(int i) {
    return removed[i];
  }

  /** Whether field {@code f} is to be dropped. */
  boolean isRemoved(byte[] in, FieldSection fields, int f) {
    int at = fields.start[f];
    for (int i = 0; i < removals; i++) {
      if (Octets.equal(in, at, fields.nameEnd[f] - at, removed[i])) {
        return true;
      }
    }
    return false;
  }

  /** The added lines, each with its end, in the first {@link #length} bytes. */
  public byte[] lines() {
    return lines;
  }

  public int length() {
    return length;
  }
}
