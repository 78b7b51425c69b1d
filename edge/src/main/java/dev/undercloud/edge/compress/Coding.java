package dev.undercloud.edge.compress;

import dev.undercloud.core.telemetry.BodyCoding;
import java.nio.charset.StandardCharsets;

/** Content codings that the edge knows, the one preferred where a client takes several first. */
public enum Coding {
  /** RFC 7932. */
  BR("br", ".br"),
  /** RFC 8878. */
  ZSTD("zstd", ".zst"),
  /** RFC 1952. */
  GZIP("gzip", ".gz");

  private static final Coding[] ALL = values();

  private final byte[] token;
  private final byte[] suffix;

  Coding(String token, String suffix) {
    this.token = token.getBytes(StandardCharsets.US_ASCII);
    this.suffix = suffix.getBytes(StandardCharsets.US_ASCII);
  }

  /** As records of exchanges have it. */
  BodyCoding told() {
    return switch (this) {
      case BR -> BodyCoding.BR;
      case ZSTD -> BodyCoding.ZSTD;
      case GZIP -> BodyCoding.GZIP;
    };
  }

  /** As it is called in Accept-Encoding and Content-Encoding. Not to be changed. */
  public byte[] token() {
    return token;
  }

  /** What the name of a file so compressed ends in. Not to be changed. */
  public byte[] suffix() {
    return suffix;
  }

  /** Its bit in a set of codings. */
  public int bit() {
    return 1 << ordinal();
  }

  /** How many there are. */
  public static int count() {
    return ALL.length;
  }

  /** The one with this ordinal. */
  public static Coding at(int ordinal) {
    return ALL[ordinal];
  }
}
