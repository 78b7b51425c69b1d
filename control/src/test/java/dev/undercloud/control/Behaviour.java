package dev.undercloud.control;

import dev.undercloud.runtime.driver.Exit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param status of every answer; 0 for none
 * @param deaf whether it never listens
 * @param exit how it ends at once; null where it runs on
 * @param says its output
 */
record Behaviour(int status, boolean deaf, @Nullable Exit exit, List<String> says) {
  static final Behaviour GOOD = new Behaviour(200, false, null, List.of("listening"));
  static final Behaviour HUNG = new Behaviour(0, false, null, List.of());

  static Behaviour exits(int code, String... lines) {
    return new Behaviour(200, true, new Exit(code, 0, false, "exit code " + code), List.of(lines));
  }

  static Behaviour answers(int status) {
    return new Behaviour(status, false, null, List.of());
  }

  static Behaviour deafOne() {
    return new Behaviour(0, true, null, List.of());
  }
}
