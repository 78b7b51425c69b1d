package dev.undercloud.core.telemetry;

/** What the edge compressed a response with. */
public enum BodyCoding {
  NONE,
  GZIP,
  BR,
  ZSTD;

  private static final BodyCoding[] ALL = values();

  static BodyCoding at(int ordinal) {
    return ALL[ordinal];
  }
}
