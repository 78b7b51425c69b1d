package dev.undercloud.runtime.driver;

/** Takes a replica's output, line by line, in order, on one thread of the driver's. */
@FunctionalInterface
public interface Output {
  /** One line of standard output or standard error, without its end. */
  void line(String text);
}
