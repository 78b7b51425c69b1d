package dev.undercloud.edge.http2;

/**
 * What a client may do for nothing, by kind of frame: so many at once, and so many more each
 * second. Beyond that the connection ends with ENHANCE_YOUR_CALM.
 */
public enum Budget {
  /** Rapid reset: requests that are taken back cost a replica more than the client. */
  RESETS(200, 20, "reset too many streams"),

  /** MadeYouReset: frames that make us reset a stream are the same attack from behind. */
  FAULTS(100, 10, "broke the rules of too many streams"),

  /** Who does not know our limit yet may open many at once; each is refused for little. */
  REFUSED(1_000, 100, "opened too many streams at once"),

  /** Each is acknowledged, and may change every stream's window. */
  SETTINGS(50, 2, "sent too many SETTINGS frames"),

  /** Each is answered. gRPC measures round trips with them while data flow. */
  PINGS(500, 100, "sent too many PING frames"),

  /** Read and ignored; old browsers send a few for each stream. */
  PRIORITIES(1_000, 200, "sent too many PRIORITY frames"),

  /** Beyond those that data sent by us have earned: see {@link Budgets#earnUpdates}. */
  WINDOW_UPDATES(2_000, 500, "sent too many WINDOW_UPDATE frames"),

  /** Frames that carry nothing and end nothing. */
  EMPTY_FRAMES(100, 10, "sent too many empty frames"),

  /** Extensions, among them PRIORITY_UPDATE and what browsers send to keep servers tolerant. */
  UNKNOWN_FRAMES(1_000, 200, "sent too many frames of unknown types");

  final int atOnce;
  final int perSecond;
  final String words;

  Budget(int atOnce, int perSecond, String words) {
    this.atOnce = atOnce;
    this.perSecond = perSecond;
    this.words = words;
  }

  /** How many may come at once. */
  public int atOnce() {
    return atOnce;
  }
}
