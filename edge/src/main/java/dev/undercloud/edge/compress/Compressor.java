package dev.undercloud.edge.compress;

import dev.undercloud.edge.reply.Filter;
import org.jspecify.annotations.Nullable;

/**
 * What compresses the response to one request, if it may. Whoever has stored what it would make
 * asks beforehand. Its loop's thread only.
 */
public interface Compressor extends Filter {
  /** What it would make of a response; null where it would leave it as it is. */
  @Nullable Coding coding(Codable response);

  /** What it makes of the response whose head it has seen; null where it leaves that as it is. */
  @Nullable Coding making();
}
