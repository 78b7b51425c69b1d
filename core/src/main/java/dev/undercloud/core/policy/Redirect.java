package dev.undercloud.core.policy;

/**
 * Another address for the client.
 *
 * @param status 301, 302, 303, 307 or 308
 * @param to a path or URL; a {@code *} in it is what the route's {@code *} matched
 */
public record Redirect(int status, String to) {
  public Redirect {
    if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) {
      throw new IllegalArgumentException("not a redirect: " + status);
    }
  }
}
