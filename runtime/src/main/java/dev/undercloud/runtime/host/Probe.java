package dev.undercloud.runtime.host;

/**
 * One thing that was looked for on this host.
 *
 * @param name what, in a word or two: {@code cgroups}, {@code open files}
 * @param state whether it is as it should be
 * @param found what there is, in words
 * @param consequence what that means for apps; empty where all is well
 * @param remedy the one command or change that would improve it; empty where nothing is to be done
 */
public record Probe(String name, State state, String found, String consequence, String remedy) {
  /** Ordered from good to bad. */
  public enum State {
    /** As it should be. */
    OK,
    /** Something works less well, or in another way. */
    FALLBACK,
    /** Something does not work. */
    MISSING
  }

  public Probe {
    if (state != State.OK && (consequence.isBlank() || remedy.isBlank())) {
      throw new IllegalArgumentException("a probe that fails says what that means: " + name);
    }
  }

  static Probe ok(String name, String found) {
    return new Probe(name, State.OK, found, "", "");
  }

  static Probe fallback(String name, String found, String consequence, String remedy) {
    return new Probe(name, State.FALLBACK, found, consequence, remedy);
  }

  static Probe missing(String name, String found, String consequence, String remedy) {
    return new Probe(name, State.MISSING, found, consequence, remedy);
  }
}
