package dev.undercloud.edge.http1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a request head on its way to a replica, besides those that HTTP asks of every proxy.
 * One for each event loop; cleared by whoever fills it. What is refused in config files (framing,
 * Host, what the edge says of the client) is not checked here.
 */
public final class RequestEdits {
  /** Lines that one route adds take at most so much. */
  public static final int MOST_LINES = 4 << 10;

  /** What a path may be that takes the place of the client's: as long as a target may be. */
  public static final int MOST_PATH = 16 << 10;

  private static final byte[][] NO_NAMES = {};

  /** Nothing is changed, by nobody. */
  static final RequestEdits NONE = new RequestEdits(0);

  private final byte[] path;
  int pathLength;
  byte @Nullable [] lines;
  boolean keepsMarks;
  byte[][] removed = NO_NAMES;

  public RequestEdits() {
    this(MOST_PATH);
  }

  private RequestEdits(int most) {
    path = new byte[most];
  }

  public void clear() {
    pathLength = 0;
    lines = null;
    removed = NO_NAMES;
    keepsMarks = false;
  }

  /**
   * Names with a mark other than a dash pass, as those of gRPC's metadata may have, unless they
   * look like a name that is the edge's to say.
   */
  public void keepMarks() {
    keepsMarks = true;
  }

  /** Whether nothing is changed. */
  public boolean isEmpty() {
    return pathLength == 0 && lines == null && removed.length == 0;
  }

  /** Where another path, with its query, is written; {@link #path(int)} tells its length. */
  public byte[] path() {
    return path;
  }

  public void path(int length) {
    pathLength = length;
  }

  /**
   * @param added field lines with their ends, at most {@link #MOST_LINES} bytes
   * @param dropped names in lower case
   */
  public void fields(byte[] added, byte[][] dropped) {
    lines = added;
    removed = dropped;
  }

  /** Adds to what a route changes; both are few. */
  public void also(byte[] added, byte[][] dropped) {
    byte[] before = lines;
    if (before == null) {
      lines = added;
    } else {
      byte[] both = Arrays.copyOf(before, before.length + added.length);
      System.arraycopy(added, 0, both, before.length, added.length);
      lines = both;
    }
    byte[][] names = Arrays.copyOf(removed, removed.length + dropped.length);
    System.arraycopy(dropped, 0, names, removed.length, dropped.length);
    removed = names;
  }

  boolean drops(byte[] in, FieldSection fields, int f) {
    int at = fields.start[f];
    for (byte[] name : removed) {
      if (Octets.equal(in, at, fields.nameEnd[f] - at, name)) {
        return true;
      }
    }
    return false;
  }
}
