package dev.undercloud.observe.store;

import java.time.Instant;
import java.util.Locale;

/**
 * How the store is.
 *
 * @param status in one word
 * @param why where it fails, the reason and what to do; else empty
 * @param since when that began
 * @param exchanges written since the start
 * @param lines written since the start
 * @param queries DNS questions written since the start
 * @param droppedExchanges lost because nothing could be written or it was too slow
 * @param droppedLines lost for the same reasons
 * @param droppedQueries lost for the same reasons
 * @param failures attempts to write that failed
 * @param bytesOnDisk of all day files, as of the last look
 */
public record StoreState(
    Status status,
    String why,
    Instant since,
    long exchanges,
    long lines,
    long queries,
    long droppedExchanges,
    long droppedLines,
    long droppedQueries,
    long failures,
    long bytesOnDisk) {

  /** What it does now. */
  public enum Status {
    /** Nothing to write was seen yet: DuckDB is not loaded. */
    IDLE,
    /** What comes is written. */
    STORING,
    /** What comes is dropped and counted; tried again and again. */
    FAILING;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
