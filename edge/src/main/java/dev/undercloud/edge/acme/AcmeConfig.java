package dev.undercloud.edge.acme;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How certificates of ACME authorities are got.
 *
 * @param folder of accounts, orders and certificates; readable for its owner alone
 * @param dns answers DNS-01 challenges
 * @param trust for authorities of one's own; empty: the public ones that Java knows
 * @param mostADay orders for one set of names within 24 hours
 * @param firstRetry after a failure; doubled with each further one
 * @param lastRetry how long it is doubled
 * @param patience with the authority in one step of an order
 */
public record AcmeConfig(
    Path folder,
    DnsChallenges dns,
    Optional<SSLContext> trust,
    int mostADay,
    Duration firstRetry,
    Duration lastRetry,
    Duration patience) {
  /** Let's Encrypt gives out five a week for one set of names: more a day are a mistake of ours. */
  private static final int MOST_A_DAY = 5;

  /** Let's Encrypt allows five failures an hour and name. */
  private static final Duration FIRST_RETRY = Duration.ofMinutes(15);

  private static final Duration LAST_RETRY = Duration.ofHours(12);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  public AcmeConfig {
    if (mostADay < 1) {
      throw new IllegalArgumentException("at least one order a day must be allowed");
    }
  }

  public static AcmeConfig in(Path folder, DnsChallenges dns) {
    return new AcmeConfig(
        folder, dns, Optional.empty(), MOST_A_DAY, FIRST_RETRY, LAST_RETRY, PATIENCE);
  }
}
