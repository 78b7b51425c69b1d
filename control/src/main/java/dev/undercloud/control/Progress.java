package dev.undercloud.control;

/** Hears how a long command gets on, on the thread that gave the command. */
@FunctionalInterface
public interface Progress {
  /** What is being done, in order of a deploy. */
  enum Phase {
    BUILD,
    RELEASE,
    START,
    SWITCH,
    DRAIN
  }

  /**
   * @param sentence for people, without a full stop
   * @param done replicas done so far; 0 of 0 where nothing is counted
   */
  void step(Phase phase, String sentence, int done, int total);

  /** Hears nothing. */
  Progress NONE = (phase, sentence, done, total) -> {};
}
