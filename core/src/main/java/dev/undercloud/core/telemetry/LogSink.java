package dev.undercloud.core.telemetry;

/**
 * Takes log lines from any thread and never makes it wait: what does not fit is dropped and
 * counted.
 */
@FunctionalInterface
public interface LogSink {
  void log(LogLine line);

  /** Takes nothing. */
  LogSink NONE = line -> {};
}
