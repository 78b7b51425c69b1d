package dev.undercloud.observe.store;

import java.util.Locale;

/** What a failure of DuckDB or of the disk means. */
enum Trouble {
  /** The file's content is not what it should be. */
  CORRUPT("a day file is damaged", "it was set aside; nothing needs to be done"),
  /** Another process has it open. */
  IN_USE(
      "another process has the telemetry open",
      "end the other one or give it another state folder"),
  /** No space, or not enough of it. */
  FULL("the disk is full", "free some space, or lower the telemetry's disk budget"),
  /** Rights. */
  DENIED(
      "the folder cannot be written", "make it writable for this user, or move the state folder"),
  /** The native library. */
  UNLOADABLE(
      "DuckDB's library cannot be loaded here",
      "see `undercloud doctor`; everything but the history works without it"),
  OTHER("the store failed", "see the reason; it is tried again");

  private final String words;
  private final String remedy;

  Trouble(String words, String remedy) {
    this.words = words;
    this.remedy = remedy;
  }

  String words() {
    return words;
  }

  String remedy() {
    return remedy;
  }

  static Trouble of(Throwable failure) {
    if (failure instanceof LinkageError) {
      return UNLOADABLE;
    }
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (has(text, "could not set lock", "conflicting lock", "unique file handle conflict")) {
      return IN_USE;
    }
    if (has(text, "no space left", "disk is full", "disk quota", "file too large")) {
      return FULL;
    }
    if (has(
        text,
        "permission denied",
        "read-only file system",
        "operation not permitted",
        "access denied",
        "not a directory",
        "accessdenied")) {
      return DENIED;
    }
    if (has(
        text,
        "corrupt",
        "not a valid duckdb",
        "checksum",
        "replaying wal",
        "serialization error",
        "failed to deserialize",
        "truncated",
        "could not read enough bytes",
        "incorrect version")) {
      return CORRUPT;
    }
    return OTHER;
  }

  private static boolean has(String text, String... signs) {
    for (String sign : signs) {
      if (text.contains(sign)) {
        return true;
      }
    }
    return false;
  }
}
