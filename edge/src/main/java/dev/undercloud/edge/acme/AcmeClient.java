package dev.undercloud.edge.acme;

import dev.undercloud.core.error.CloudException;
import dev.undercloud.core.policy.TlsPolicy;
import dev.undercloud.core.time.Clock;
import dev.undercloud.edge.tls.Identity;
import dev.undercloud.edge.tls.Tls;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.shredzone.acme4j.Account;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Certificate;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeNetworkException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/**
 * One order after another, each taken up where an earlier process left it. Every step is written
 * down before it is done. One thread at a time; blocks for up to minutes.
 */
final class AcmeClient {
  /** Most proofs are looked at within that time. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(300);

  private static final Duration LAST_LOOK = Duration.ofSeconds(15);

  /** Nothing comes of these, and nothing more of what is valid. */
  private static final Set<Status> OVER =
      Set.of(
          Status.VALID,
          Status.INVALID,
          Status.DEACTIVATED,
          Status.EXPIRED,
          Status.REVOKED,
          Status.CANCELED);

  private static final String ACCOUNT_GONE = "accountDoesNotExist";

  /** Errors that speak of the authority and of the moment, not of the order (RFC 8555, 6.7). */
  private static final Set<String> TROUBLES =
      Set.of("rateLimited", "serverInternal", "badNonce", ACCOUNT_GONE);

  private final AcmeConfig config;
  private final AcmeStore store;
  private final Tls tls;
  private final Clock clock;

  AcmeClient(AcmeConfig config, AcmeStore store, Tls tls, Clock clock) {
    this.config = config;
    this.store = store;
    this.tls = tls;
    this.clock = clock;
  }

  /** The order came to nothing, and will not. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why);
    }
  }

  /**
   * Gets a certificate for the names of {@code acme} and keeps it.
   *
   * @throws Refused where the order has failed for good
   * @throws AcmeException where the authority cannot be reached, or the order needs more time
   */
  Identity obtain(TlsPolicy.Acme acme) throws AcmeException, Refused, InterruptedException {
    try {
      return obtain(acme, login(acme));
    } catch (AcmeServerException refused) {
      if (type(refused).equals(ACCOUNT_GONE)) {
        store.forgetAccount(acme);
      }
      throw refused;
    }
  }

  private Identity obtain(TlsPolicy.Acme acme, Login login)
      throws AcmeException, Refused, InterruptedException {
    Order order = order(acme, login);
    if (order.getStatus() == Status.PENDING) {
      prove(acme, order);
      await(order, Status.READY);
    }
    KeyPair key = Keys.at(store.orderKey(acme));
    if (order.getStatus() == Status.READY) {
      order.execute(key);
    }
    if (order.getStatus() != Status.VALID) {
      await(order, Status.VALID);
    }
    if (order.getStatus() != Status.VALID) {
      throw new Refused("the order is " + order.getStatus() + reason(order.getError()));
    }
    Certificate certificate = order.getCertificate();
    certificate.download();
    Identity identity = new Identity(key.getPrivate(), certificate.getCertificateChain());
    store.save(acme, identity);
    store.save(acme, store.state(acme).done(clock.now().plus(config.firstRetry())));
    Keys.forget(store.orderKey(acme));
    return identity;
  }

  // ---------------------------------------------------------------- account

  private Login login(TlsPolicy.Acme acme) throws AcmeException {
    URI directory = URI.create(acme.directory());
    Session session =
        config
            .trust()
            .map(t -> new Session(directory, new Trusting(t)))
            .orElseGet(() -> new Session(directory));
    session.networkSettings().setTimeout(config.patience());
    KeyPair key = Keys.at(store.accountKey(acme));
    Optional<String> url = store.accountUrl(acme);
    if (url.isPresent()) {
      return session.login(url(url.get()), key);
    }
    AccountBuilder wanted = new AccountBuilder().agreeToTermsOfService().useKeyPair(key);
    if (!acme.email().isBlank()) {
      wanted.addEmail(acme.email());
    }
    // With a key that is known there already, the authority names the account that it has.
    Account account = wanted.create(session);
    store.saveAccountUrl(acme, account.getLocation().toString());
    return session.login(account.getLocation(), key);
  }

  /** As the public ones, with other roots of trust. */
  private static final class Trusting extends GenericAcmeProvider {
    private final SSLContext trust;

    Trusting(SSLContext trust) {
      this.trust = trust;
    }

    @Override
    public HttpClient createHttpClient(NetworkSettings settings) {
      return HttpClient.newBuilder()
          .sslContext(trust)
          .connectTimeout(settings.getTimeout())
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
    }
  }

  // ---------------------------------------------------------------- order

  private Order order(TlsPolicy.Acme acme, Login login) throws AcmeException, Refused {
    OrderState state = store.state(acme);
    Optional<Order> open = open(state, login);
    if (open.isPresent()) {
      return open.get();
    }
    if (clock.now().isBefore(state.nextOrder(config.mostADay()))) {
      throw new Refused("the order is lost, and no other may be made today");
    }
    store.save(acme, state.ordering(clock.now()));
    Keys.forget(store.orderKey(acme));
    Order order = login.newOrder().domains(acme.names()).create();
    store.save(acme, store.state(acme).opened(order.getLocation().toString()));
    return order;
  }

  /** The order of an earlier attempt, where it may still come to something. */
  private Optional<Order> open(OrderState state, Login login) throws AcmeException {
    if (state.open().isEmpty() || state.isStale(clock.now())) {
      return Optional.empty();
    }
    try {
      Order order = login.bindOrder(url(state.open().get()));
      order.fetch();
      return order.getStatus() == Status.INVALID ? Optional.empty() : Optional.of(order);
    } catch (AcmeServerException refused) {
      if (TROUBLES.contains(type(refused))) {
        throw refused;
      }
      return Optional.empty();
    } catch (AcmeException unexplained) {
      // Authorities forget orders, and not all say so in JSON; a new one takes its place.
      if ("HTTP 404".equals(unexplained.getMessage())) {
        return Optional.empty();
      }
      throw unexplained;
    }
  }

  private static String type(AcmeServerException refused) {
    String type = refused.getType().toString();
    return type.substring(type.lastIndexOf(':') + 1);
  }

  private void prove(TlsPolicy.Acme acme, Order order)
      throws AcmeException, Refused, InterruptedException {
    List<AutoCloseable> published = new ArrayList<>();
    try {
      List<Authorization> waiting = new ArrayList<>();
      for (Authorization each : order.getAuthorizations()) {
        if (each.getStatus() == Status.PENDING) {
          waiting.add(each);
          Challenge challenge = challenge(acme, each);
          published.add(Proof.publish(challenge, each.getIdentifier(), tls, config.dns()));
          if (challenge.getStatus() == Status.PENDING) {
            challenge.trigger();
          }
        }
      }
      for (Authorization each : waiting) {
        await(each, Status.VALID);
        if (each.getStatus() != Status.VALID) {
          throw new Refused(
              each.getIdentifier().getValue() + " was not proved" + reason(error(acme, each)));
        }
      }
    } finally {
      close(published);
    }
  }

  private static Challenge challenge(TlsPolicy.Acme acme, Authorization authorization)
      throws Refused {
    Optional<Challenge> found = authorization.findChallenge(acme.challenge());
    return found.orElseThrow(() ->
        new Refused(
            "the authority does not take "
                + acme.challenge()
                + " for "
                + authorization.getIdentifier().getValue()));
  }

  private static Optional<Problem> error(TlsPolicy.Acme acme, Authorization authorization) {
    Optional<Challenge> challenge = authorization.findChallenge(acme.challenge());
    return challenge.flatMap(Challenge::getError);
  }

  private static String reason(Optional<Problem> problem) {
    return problem.flatMap(Problem::getDetail).map(detail -> ": " + detail).orElse("");
  }

  /** Looks again and again, soon at first, until it is {@code wanted}, or never will be. */
  private void await(PollableResource what, Status wanted)
      throws AcmeException, InterruptedException {
    long until = clock.nanos() + config.patience().toNanos();
    Duration pause = FIRST_LOOK;
    while (true) {
      clock.sleep(pause);
      Optional<Instant> asked = what.fetch();
      if (OVER.contains(what.getStatus()) || what.getStatus() == wanted) {
        return;
      }
      if (clock.nanos() - until > 0) {
        throw new AcmeException("the authority needs more time");
      }
      Duration longer = pause.multipliedBy(2);
      pause = asked.map(at -> Duration.between(clock.now(), at)).orElse(longer);
      pause = pause.compareTo(FIRST_LOOK) < 0 ? FIRST_LOOK : pause;
      pause = pause.compareTo(LAST_LOOK) > 0 ? LAST_LOOK : pause;
    }
  }

  private static void close(List<AutoCloseable> published) {
    for (AutoCloseable each : published) {
      try {
        each.close();
      } catch (Exception leftBehind) {
        // A challenge that stays visible is of no use to anybody.
      }
    }
  }

  private static URL url(String text) throws AcmeNetworkException {
    try {
      return URI.create(text).toURL();
    } catch (MalformedURLException damaged) {
      throw new AcmeNetworkException(damaged);
    }
  }

  static String inWords(Exception cause) {
    return switch (cause) {
      case CloudException known -> known.problem().sentence();
      case Refused refused -> String.valueOf(refused.getMessage());
      default ->
          cause.getCause() == null
              ? String.valueOf(cause.getMessage())
              : cause.getMessage() + " (" + cause.getCause() + ")";
    };
  }
}
