package dev.undercloud.edge.http1;

/** Which fields may not come behind a body. */
public final class TrailerNames {
  private TrailerNames() {}

  /** Whether the name is that of a field that frames, routes or authenticates (RFC 9110, 6.5.1). */
  public static boolean isForbidden(byte[] in, int at, int length) {
    return FieldName.of(in, at, length).forbiddenInTrailers;
  }
}
