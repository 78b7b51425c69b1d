package dev.undercloud.core.telemetry;

/**
 * The moments of an exchange, in order. Each marks the end of what it names; a moment that did not
 * happen is absent. The differences of neighbours are the parts of the waterfall and add up to the
 * whole.
 */
public enum Stage {
  /** The connection was accepted; only on its first exchange. */
  ACCEPT("accept"),
  /** The first byte of the head was read: the clock of a kept-alive exchange starts here. */
  BEGIN("begin"),
  /** The head was whole and valid. */
  HEAD("head"),
  /** App and route were chosen. */
  ROUTE("route"),
  /** A replica was chosen, after any wait for one. */
  QUEUE("queue"),
  /** A connection to it was ready, new or pooled; of the last attempt. */
  CONNECT("connect"),
  /** The first byte of the response head was read: what the app took. */
  FIRST_BYTE("first byte"),
  /** The last byte of the response came from the replica. */
  BODY("body"),
  /** The last byte was handed to the kernel for the client. */
  DRAIN("drain");

  private static final Stage[] ALL = values();

  /** How many there are. */
  public static final int COUNT = ALL.length;

  private final String label;

  Stage(String label) {
    this.label = label;
  }

  /** As waterfalls and metrics name it. */
  public String label() {
    return label;
  }

  public static Stage at(int ordinal) {
    return ALL[ordinal];
  }
}
