package dev.undercloud.edge.proxy;

import dev.undercloud.core.telemetry.AnsweredBy;
import dev.undercloud.core.telemetry.Stage;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.HeadLimits;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.rule.AccessGate;
import dev.undercloud.edge.rule.Closed;
import dev.undercloud.edge.rule.CorsGate;
import dev.undercloud.edge.rule.Forwarding;
import dev.undercloud.edge.rule.Gcra;
import dev.undercloud.edge.rule.Limit;
import dev.undercloud.edge.rule.Passwords;
import dev.undercloud.edge.rule.PathForms;
import dev.undercloud.edge.rule.Route;
import dev.undercloud.edge.rule.Rules;
import dev.undercloud.edge.rule.Target;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request against its app's rules, in this order: maintenance, addresses, HTTPS, passwords,
 * rate limit, redirect, CORS preflight, body size. HTTPS comes before passwords, which should not
 * be asked for in clear. One for each event loop, on its thread.
 */
final class Gates {
  /** Where an ACME authority looks, by plain HTTP (RFC 8555, 8.3). */
  private static final byte[] CHALLENGE =
      "/.well-known/acme-challenge/".getBytes(StandardCharsets.US_ASCII);

  private static final int FOUND = 302;
  private static final int PERMANENT = 308;
  private static final int HTTPS_PORT = 443;

  private final Loop loop;
  private final PathForms paths = new PathForms(HeadLimits.DEFAULT.targetBytes());
  private final Gcra.Reading reading = new Gcra.Reading();
  private final byte[] target = new byte[HeadLimits.DEFAULT.targetBytes()];

  /** The first rule by each form of the path; those that are odd alone protect, nothing more. */
  private final @Nullable Route[] found = new Route[3];

  Gates(Loop loop) {
    this.loop = loop;
  }

  /** The last request's path; for who serves it. */
  PathForms paths() {
    return paths;
  }

  /** Whether the request goes on; if not, it has its answer or waits. */
  boolean open(Exchange exchange, App app, Rules rules, ClientSide client, long now) {
    Arrays.fill(found, null);
    PathForms.Fault fault = paths.read(loop.request, loop.in);
    if (fault != null) {
      exchange.request.said = said(rules, client, null);
      return refuse(exchange, app, Answer.badPath(app, fault.words()), now);
    }
    find(rules);
    Route route = found[PathForms.PLAIN];
    exchange.request.route = route;
    exchange.slot.route = route == null ? null : route.rule();
    exchange.request.said = said(rules, client, route);
    Answer answer = refusal(exchange, app, rules, client, now);
    if (answer != null) {
      return refuse(exchange, app, answer, now);
    }
    if (exchange.request.waitsFor != null) {
      return false;
    }
    if (route != null && route.limit != null) {
      route.limit.take(loop.request, loop.in, client.address, now, reading);
      exchange.slot.limitLeft = (int) Math.clamp(reading.remaining, 0, Integer.MAX_VALUE);
      tell(exchange, route.limit);
      if (!reading.allowed) {
        Answer limited =
            Answer.limited(app, route.limit.text(), (int) Math.max(1, reading.retrySeconds));
        return refuse(exchange, app, limited, now);
      }
    }
    answer = answer(exchange, app, route);
    if (answer != null) {
      return refuse(exchange, app, answer, now);
    }
    edit(exchange, app, route, now);
    return true;
  }

  /** Who sent it: the peer, or whom it names where it is a trusted proxy. */
  ClientSide client(Exchange exchange, Rules rules, ClientSide peer) {
    if (rules.proxies.isEmpty() || !rules.proxies.contains(peer.address)) {
      return peer;
    }
    ClientSide named = Forwarding.client(loop.request, loop.in, rules.proxies, peer);
    exchange.request.side = named;
    exchange.slot.client = named.address.text();
    return named;
  }

  private void find(Rules rules) {
    found[PathForms.PLAIN] = rules.find(loop.request, loop.in, paths, PathForms.PLAIN);
    if (paths.odd()) {
      found[PathForms.DECODED] = rules.find(loop.request, loop.in, paths, PathForms.DECODED);
      found[PathForms.RAW] = rules.find(loop.request, loop.in, paths, PathForms.RAW);
    }
  }

  private @Nullable Answer refusal(
      Exchange exchange, App app, Rules rules, ClientSide client, long now) {
    Closed closed = rules.closed;
    if (closed != null && rules.isClosedTo(paths, client.address)) {
      return Answer.maintenance(app, closed.retryAfter, closed.page);
    }
    for (Route each : found) {
      if (each != null && each.access != null && !each.access.admits(client.address)) {
        exchange.slot.route = each.rule();
        return Answer.forbidden(app);
      }
    }
    if (rules.toHttps && !client.secure && rules.httpsPort() != 0 && !isChallenge()) {
      String to = httpsUrl(rules.httpsPort());
      if (to != null) {
        return Answer.redirect(app, PERMANENT, to).by(AnsweredBy.TO_HTTPS);
      }
    }
    for (Route each : found) {
      AccessGate access = each == null ? null : each.access;
      if (access != null && access.asksPassword() && !isAnsweredPreflight(each)) {
        Answer refused = password(exchange, app, rules, client, access, now);
        exchange.slot.route = refused == null ? exchange.slot.route : each.rule();
        if (refused != null || exchange.request.waitsFor != null) {
          return refused;
        }
      }
    }
    return null;
  }

  /** A preflight never carries a password (Fetch, 4.8), and is answered without the app. */
  private boolean isAnsweredPreflight(@Nullable Route route) {
    return route != null
        && route.cors != null
        && route == found[PathForms.PLAIN]
        && CorsGate.isPreflight(loop.request, loop.in);
  }

  /** Null where it is right, or where the exchange now waits for that. */
  private @Nullable Answer password(
      Exchange exchange, App app, Rules rules, ClientSide client, AccessGate access, long now) {
    AccessGate.Credentials claimed = access.credentials(loop.request, loop.in);
    if (claimed == null) {
      return Answer.unauthorized(app, access.challenge());
    }
    Passwords passwords = rules.passwords();
    return switch (passwords.known(claimed, now)) {
      case RIGHT -> null;
      case WRONG -> Answer.unauthorized(app, access.challenge());
      case UNKNOWN -> {
        byte[] head = Arrays.copyOf(loop.in, loop.request.length());
        Object token = new Object();
        Passwords.Begun begun =
            passwords.verify(claimed, client.address, now, () -> tell(exchange, token, head));
        yield switch (begun) {
          case YES -> {
            exchange.await(app, token, now);
            yield null;
          }
          case TOO_MANY_TRIES -> Answer.tooManyTries(app);
          case BUSY -> Answer.passwordsBusy(app);
        };
      }
    };
  }

  /** Called by the thread that has found it out. */
  private void tell(Exchange exchange, Object token, byte[] head) {
    try {
      loop.execute(() -> exchange.found(token, head));
    } catch (RejectedExecutionException ended) {
      // The edge was closed meanwhile, and the exchange with it.
    }
  }

  /** Every response of the route says what is left of its limit. */
  private void tell(Exchange exchange, Limit limit) {
    RuleFilter said = exchange.request.said;
    if (said == null) {
      said = new RuleFilter(null, null, null, null);
      exchange.request.said = said;
    }
    String left =
        reading.allowed
            ? Limit.left(reading.remaining, reading.resetSeconds)
            : Limit.left(0, Math.max(1, reading.retrySeconds));
    said.left(new RuleFilter.Left(limit.policy(), left));
  }

  /** What the edge answers by itself: redirects, preflights, bodies that are too large. */
  private @Nullable Answer answer(Exchange exchange, App app, @Nullable Route route) {
    if (route != null && route.redirect != null) {
      String to = text(route, route.redirect);
      int status = route.options().redirect().map(r -> r.status()).orElse(FOUND);
      return to == null ? tooLong() : Answer.redirect(app, status, to);
    }
    if (isAnsweredPreflight(route)) {
      return Answer.preflight(app, List.of());
    }
    if (route != null && route.rewrite != null) {
      int length = write(route, route.rewrite, loop.requestEdits.path());
      if (length < 0) {
        return tooLong();
      }
      loop.requestEdits.path(length);
      exchange.slot.rewritten(loop.requestEdits.path(), length);
    }
    long most = Long.MAX_VALUE;
    for (Route each : found) {
      most = each == null ? most : Math.min(most, each.bodyLimit);
    }
    exchange.request.bodyLimit = most;
    return loop.request.contentLength > most ? Answer.tooLarge(app.name(), most) : null;
  }

  private @Nullable String text(Route route, Target to) {
    int length = write(route, to, target);
    return length < 0 ? null : new String(target, 0, length, StandardCharsets.ISO_8859_1);
  }

  private int write(Route route, Target to, byte[] out) {
    RequestHead head = loop.request;
    int query = head.pathAt();
    int end = query + head.pathLength();
    while (query < end && loop.in[query] != '?') {
      query++;
    }
    return to.write(paths, route.fixedLength(), loop.in, query, end, out);
  }

  private static Answer tooLong() {
    return Answer.refused(414, "The address it would become is too long");
  }

  /** The same address by HTTPS; null where the client names no host. */
  private @Nullable String httpsUrl(int port) {
    RequestHead head = loop.request;
    if (head.hostKeyLength() == 0) {
      return null;
    }
    String host = new String(head.hostKey(), 0, head.hostKeyLength(), StandardCharsets.ISO_8859_1);
    String path =
        new String(loop.in, head.pathAt(), head.pathLength(), StandardCharsets.ISO_8859_1);
    String slash = path.startsWith("/") ? "" : "/";
    return "https://" + host + (port == HTTPS_PORT ? "" : ":" + port) + slash + path;
  }

  private boolean isChallenge() {
    byte[] path = paths.bytes(PathForms.RAW);
    int at = paths.at(PathForms.RAW);
    int length = paths.length(PathForms.RAW);
    return length > CHALLENGE.length
        && Arrays.equals(path, at, at + CHALLENGE.length, CHALLENGE, 0, CHALLENGE.length);
  }

  /** Notes what changes in the request and in the response to come. */
  private void edit(Exchange exchange, App app, @Nullable Route route, long now) {
    RuleFilter said = exchange.request.said;
    if (said != null) {
      exchange.toClient.filter(said);
    }
    if (route != null) {
      if (route.fields != null) {
        route.fields.request(loop.requestEdits);
      }
      Shares.apply(loop, exchange.request, app, route, now);
    }
  }

  /** What every response to the request says, whoever gives it; null for nothing. */
  private @Nullable RuleFilter said(Rules rules, ClientSide client, @Nullable Route route) {
    String hsts = client.secure ? rules.hsts : null;
    if (route == null) {
      return hsts == null ? null : new RuleFilter(null, null, null, hsts);
    }
    boolean changes = route.fields != null && route.fields.changesResponses();
    if (!changes && route.cors == null && hsts == null) {
      return null;
    }
    String origin = route.cors == null ? null : route.cors.allowed(loop.request, loop.in);
    return new RuleFilter(changes ? route.fields : null, route.cors, origin, hsts);
  }

  private boolean refuse(Exchange exchange, App app, Answer answer, long now) {
    exchange.slot.app = app.name();
    exchange.mark(Stage.ROUTE, now);
    exchange.answer(answer);
    return false;
  }
}
