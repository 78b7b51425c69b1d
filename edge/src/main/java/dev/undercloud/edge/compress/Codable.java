package dev.undercloud.edge.compress;

import dev.undercloud.edge.http1.ResponseHead;

/**
 * What of a response decides whether it is compressed, beside the request and the length.
 *
 * @param codable nothing in its head forbids it
 * @param personal it sets a cookie or says that it is for one reader
 * @param open it says that it is for everybody
 * @param varies it says itself that it depends on Accept-Encoding
 */
public record Codable(boolean codable, boolean personal, boolean open, boolean varies) {
  /** That of a head without a length, parsed from {@code in}. */
  public static Codable of(ResponseHead head, byte[] in) {
    Compressible read = new Compressible();
    boolean codable = read.of(head, in);
    return new Codable(codable, read.personal, read.open, read.varies);
  }

  /** Whether compressing so many bytes is worth it. */
  public static boolean isLong(long bytes) {
    return bytes >= Compressible.SMALLEST_BYTES && bytes <= Compressible.LARGEST_BYTES;
  }
}
