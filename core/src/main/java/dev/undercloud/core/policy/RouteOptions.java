package dev.undercloud.core.policy;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is done with requests of one route. What is empty is not done.
 *
 * @param files answered from a folder instead of by the app
 * @param cache may be answered from what the app answered before
 * @param rateLimit more than so many are refused
 * @param access who may
 * @param redirect answered with another address
 * @param rewrite the path that the app gets
 * @param fields changes of header fields
 * @param cors cross-origin requests
 * @param compress whether responses are compressed for clients that take it
 * @param bodyLimit of the request, in bytes
 * @param mirror a copy of each request goes there too, its response dropped
 * @param split a part of the requests is served by another app
 */
public record RouteOptions(
    Optional<Files> files,
    Optional<CacheRule> cache,
    Optional<RateLimit> rateLimit,
    Optional<Access> access,
    Optional<Redirect> redirect,
    Optional<Rewrite> rewrite,
    Optional<Fields> fields,
    Optional<Cors> cors,
    Optional<Boolean> compress,
    OptionalLong bodyLimit,
    Optional<Mirror> mirror,
    Optional<Split> split) {

  public static final RouteOptions NONE =
      new RouteOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty());

  /** The same with these files. */
  public RouteOptions with(Files others) {
    return new RouteOptions(
        Optional.of(others),
        cache,
        rateLimit,
        access,
        redirect,
        rewrite,
        fields,
        cors,
        compress,
        bodyLimit,
        mirror,
        split);
  }
}
