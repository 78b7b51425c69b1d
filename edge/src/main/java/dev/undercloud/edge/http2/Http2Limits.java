package dev.undercloud.edge.http2;

/** What one HTTP/2 connection may take, apart from rates, which {@link Budget} has. */
public final class Http2Limits {
  /** Streams open at once: what nginx and HAProxy allow, and browsers never reach. */
  public static final int STREAMS = 128;

  /** Decoded fields as RFC 9113, 6.5.2 counts them: as much as an HTTP/1.1 head may have. */
  public static final int FIELDS_BYTES = 64 << 10;

  /** Field lines but for pseudo-header fields and crumbs of cookies: as in HTTP/1.1. */
  public static final int FIELDS = 100;

  /** Browsers send each cookie as a line of its own (RFC 9113, 8.2.3), and keep at most 180. */
  public static final int COOKIE_CRUMBS = 180;

  /** Frames below 8 KiB that continue one head; {@link #FIELDS_BYTES} bounds the others. */
  public static final int SMALL_CONTINUATIONS = 16;

  /** Bytes that may be on their way to us in all streams of a new connection. */
  public static final int CONNECTION_WINDOW = 256 << 10;

  /** Of a stream whose replica really takes them: 10 MB/s over 50 ms. */
  public static final int STREAM_WINDOW = 512 << 10;

  /** Of a connection with such streams: what it may make us hold at most. */
  public static final int LARGEST_CONNECTION_WINDOW = 2 << 20;

  /**
   * Bytes of one response that a replica may have on their way to us or waiting here for a client
   * that reads slowly.
   */
  public static final int REPLICA_STREAM_WINDOW = 128 << 10;

  /**
   * Of all responses on one connection to a replica: as many streams as there may be with a whole
   * window each, so that clients that do not read never stop the responses of others.
   */
  public static final int REPLICA_CONNECTION_WINDOW = STREAMS * REPLICA_STREAM_WINDOW;

  private Http2Limits() {}
}
