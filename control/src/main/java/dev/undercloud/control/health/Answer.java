package dev.undercloud.control.health;

/**
 * What a health check found.
 *
 * @param passed whether it counts as healthy
 * @param reason why not, in words that follow the replica's name; empty where it passed
 * @param silent whether it took the connection and gave no answer in time: perhaps it is at work
 */
public record Answer(boolean passed, String reason, boolean silent) {
  static final Answer PASSED = new Answer(true, "", false);

  static Answer failed(String reason) {
    return new Answer(false, reason, false);
  }

  static Answer noAnswer(String reason) {
    return new Answer(false, reason, true);
  }
}
