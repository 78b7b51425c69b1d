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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.shredzone.acme4j.Account;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Certificate;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
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
    Login login = login(acme);
    Order order = order(acme, login);
    if (order.getStatus() == Status.PENDING) {
      prove(acme, order);
      order.waitUntilReady(config.patience());
    }
    KeyPair key = Keys.at(store.orderKey(acme));
    if (order.getStatus() == Status.READY) {
      order.execute(key);
    }
    if (order.getStatus() != Status.VALID) {
      order.waitForCompletion(config.patience());
    }
    if (order.getStatus() != Status.VALID) {
      throw new Refused("the order is " + order.getStatus() + reason(order.getError()));
    }
    Certificate certificate = order.getCertificate();
    certificate.download();
    Identity identity = new Identity(key.getPrivate(), certificate.getCertificateChain());
    store.save(acme, identity);
    store.save(acme, store.state(acme).done());
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

  private Order order(TlsPolicy.Acme acme, Login login) throws AcmeException {
    Optional<String> open = store.state(acme).open();
    if (open.isPresent()) {
      try {
        Order order = login.bindOrder(url(open.get()));
        order.fetch();
        if (order.getStatus() != Status.INVALID) {
          return order;
        }
      } catch (AcmeServerException expired) {
        // Authorities forget orders; a new one takes its place.
      }
    }
    store.save(acme, store.state(acme).ordering(clock.now()));
    Keys.forget(store.orderKey(acme));
    Order order = login.newOrder().domains(acme.names()).create();
    store.save(acme, store.state(acme).opened(order.getLocation().toString()));
    return order;
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
        Status status = each.waitForCompletion(config.patience());
        if (status != Status.VALID) {
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
      default -> {
        Throwable root = cause.getCause() == null ? cause : cause.getCause();
        yield cause.getMessage() + " (" + root + ")";
      }
    };
  }
}
