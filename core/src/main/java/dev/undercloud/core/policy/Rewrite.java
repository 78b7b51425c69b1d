package dev.undercloud.core.policy;

/**
 * The path the app gets.
 *
 * @param to begins with a slash; a {@code *} in it is what the route's {@code *} matched
 */
public record Rewrite(String to) {
  public Rewrite {
    if (!to.startsWith("/")) {
      throw new IllegalArgumentException("a rewritten path begins with a slash: " + to);
    }
  }
}
