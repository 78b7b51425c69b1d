package dev.undercloud.core.model;

/** What a process that takes connections speaks with the edge. */
public enum Protocol {
  /** HTTP/1.1 (RFC 9112). */
  HTTP1("http/1.1"),

  /** HTTP/2 with prior knowledge, unencrypted (RFC 9113, 3.3): what gRPC needs. */
  H2C("h2c");

  private final String word;

  Protocol(String word) {
    this.word = word;
  }

  /** As config files have it. */
  public String word() {
    return word;
  }

  /** The one of this word. */
  public static Protocol of(String word) {
    for (Protocol each : values()) {
      if (each.word.equals(word)) {
        return each;
      }
    }
    throw new IllegalArgumentException("not a protocol: " + word);
  }
}
