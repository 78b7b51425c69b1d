package dev.undercloud.edge.tls;

import dev.undercloud.core.policy.TlsPolicy;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * One name that clients may ask for, and the context it is served with once somebody has. Any
 * thread.
 */
final class Host {
  /**
   * Where the certificate comes from, and what it is for: while that stays, the host does.
   *
   * @param names in the certificate where it is ours to make
   * @param files certificate and key, where they are the user's own
   */
  record Wish(
      List<String> names, Binding binding, Optional<Files> files, Optional<TlsPolicy.Acme> acme) {
    Wish {
      names = List.copyOf(names);
    }
  }

  record Files(Path certificate, Path key) {}

  final Wish wish;
  private volatile @Nullable ServerContext context;
  private List<Consumer<@Nullable ServerContext>> waiting = new ArrayList<>();
  private boolean making;
  private boolean gone;

  Host(Wish wish) {
    this.wish = wish;
  }

  /** The context with a reference for the caller; null where none is ready. */
  @Nullable ServerContext take() {
    while (true) {
      ServerContext current = context;
      if (current == null || current.retain()) {
        return current;
      }
      // Replaced between the look and the reference: the next one is there already.
    }
  }

  /** For a look at it without a reference. */
  @Nullable ServerContext peek() {
    return context;
  }

  /** What clients get who ask for {@code names}, which lead here. */
  Served served(List<String> names) {
    Served.Origin origin =
        wish.files().isPresent()
            ? Served.Origin.FILE
            : wish.acme().isPresent() ? Served.Origin.ACME : Served.Origin.LOCAL;
    ServerContext current = context;
    if (current == null) {
      return new Served(names, origin, Optional.empty(), Optional.empty());
    }
    X509Certificate certificate = current.identity.certificate();
    return new Served(
        names,
        origin,
        Optional.of(commonName(certificate.getIssuerX500Principal().getName())),
        Optional.of(current.identity.notAfter()));
  }

  /** The common name in a distinguished one (RFC 2253), or all of it where it has none. */
  private static String commonName(String name) {
    try {
      for (Rdn part : new LdapName(name).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return part.getValue().toString();
        }
      }
    } catch (InvalidNameException notOfThatForm) {
      // Then as it is.
    }
    return name;
  }

  /** Whether the caller is to make a context; {@code then} is told in any case. */
  synchronized boolean await(Consumer<@Nullable ServerContext> then) {
    waiting.add(then);
    boolean first = !making;
    making = true;
    return first;
  }

  /** Serves with {@code next}, and takes its reference; null where it cannot be made. */
  void serve(@Nullable ServerContext next) {
    List<Consumer<@Nullable ServerContext>> told;
    synchronized (this) {
      replace(next);
      making = false;
      told = waiting;
      waiting = new ArrayList<>();
    }
    told.forEach(each -> each.accept(take()));
  }

  /** As {@link #serve} for one that nobody waits for. */
  synchronized void replace(@Nullable ServerContext next) {
    if (next == null) {
      return;
    }
    if (gone) {
      next.release();
      return;
    }
    ServerContext before = context;
    context = next;
    if (before != null) {
      before.release();
    }
  }

  /** Nobody is sent here any more; connections keep theirs. */
  synchronized void retire() {
    gone = true;
    ServerContext before = context;
    context = null;
    if (before != null) {
      before.release();
    }
  }
}
