package dev.undercloud.edge.http1;

/**
 * How large a head may be.
 *
 * @param headBytes start line and fields with their ends of line; more is 431
 * @param fields field lines; more is 431
 * @param targetBytes request target; more is 414
 * @param methodBytes method; more is 501, since no registered method comes near it
 */
public record HeadLimits(int headBytes, int fields, int targetBytes, int methodBytes) {
  /**
   * 64 KiB hold 16 cookies of 4 KiB, the most a browser keeps for one site in practice; 100 fields
   * are three times what browsers send behind a chain of CDNs; 16 KiB of target are twice what the
   * strictest common server takes; the longest registered method has 17 letters.
   */
  public static final HeadLimits DEFAULT = new HeadLimits(64 << 10, 100, 16 << 10, 24);

  public HeadLimits {
    if (headBytes < 64 || fields < 1 || targetBytes < 1 || methodBytes < 1) {
      throw new IllegalArgumentException("a head needs room for a request line and a Host field");
    }
  }
}
