package dev.undercloud.core.zone;

/**
 * What a question was answered with, told in words only when somebody asks: a question costs a
 * reference. Immutable.
 */
public interface Answered {
  /** Records of the answer section. */
  int records();

  /** Seconds that all of them may be kept, 0 where there is none. */
  int ttl();

  /** The first of them as people write them, {@code 192.0.2.1, 192.0.2.2}; empty without any. */
  String text();
}
