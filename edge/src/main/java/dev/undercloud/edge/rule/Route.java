package dev.undercloud.edge.rule;

import dev.undercloud.core.policy.Mirror;
import dev.undercloud.core.policy.RouteOptions;
import dev.undercloud.core.policy.RouteRule;
import dev.undercloud.core.policy.Split;
import dev.undercloud.edge.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A rule as bytes, with what it needs to do its work. Immutable but for its counters. */
public final class Route {
  private static final byte[] ORIGIN = ascii("origin");
  private static final byte[] REQUESTED = ascii("access-control-request-method");

  private record Wanted(byte[] name, byte @Nullable [] value) {}

  final PathPattern path;

  /** Whether {@code /a} belongs to {@code /a/*}, too. */
  private final boolean ownsFolder;

  private final RouteRule rule;
  private final byte[][] hosts;
  private final byte[][] methods;
  private final List<Wanted> headers = new ArrayList<>();

  /** Null where the route has none of it. */
  public final @Nullable AccessGate access;

  public final @Nullable Limit limit;
  public final @Nullable CorsGate cors;
  public final @Nullable FieldEdits fields;
  public final @Nullable Target redirect;
  public final @Nullable Target rewrite;
  public final @Nullable Split split;
  public final @Nullable Mirror mirror;

  /** Of a request's body, in bytes; {@link Long#MAX_VALUE} for none. */
  public final long bodyLimit;

  Route(RouteRule rule, @Nullable Limit limit) {
    this.rule = rule;
    this.limit = limit;
    path = new PathPattern(rule.path());
    hosts = rule.hosts().stream().map(Route::ascii).toArray(byte[][]::new);
    methods = methods(rule);
    for (Map.Entry<String, String> each : rule.headers().entrySet()) {
      byte[] value = each.getValue().equals("*") ? null : latin(each.getValue());
      headers.add(new Wanted(ascii(each.getKey()), value));
    }
    RouteOptions options = rule.options();
    access = options.access().map(AccessGate::new).orElse(null);
    cors = options.cors().map(CorsGate::new).orElse(null);
    fields = options.fields().map(FieldEdits::new).orElse(null);
    redirect = options.redirect().map(to -> new Target(to.to())).orElse(null);
    rewrite = options.rewrite().map(to -> new Target(to.to())).orElse(null);
    split = options.split().orElse(null);
    mirror = options.mirror().orElse(null);
    bodyLimit = options.bodyLimit().orElse(Long.MAX_VALUE);
    boolean index =
        options.files().map(files -> files.index() != null && !files.orApp()).orElse(false);
    ownsFolder = index || protects();
  }

  /** Whoever may GET may HEAD, and the other way round: one is the other without a body. */
  private static byte[][] methods(RouteRule rule) {
    List<byte[]> all = new ArrayList<>();
    rule.methods().forEach(method -> all.add(ascii(method)));
    if (rule.methods().contains("GET") && !rule.methods().contains("HEAD")) {
      all.add(ascii("HEAD"));
    }
    return all.toArray(byte[][]::new);
  }

  /** What the rule says, for those who serve files or store responses. */
  public RouteOptions options() {
    return rule.options();
  }

  /** Where it stands: {@code undercloud.toml:12}. */
  public String name() {
    return rule.name();
  }

  /** How many bytes of a plain path its {@code *} does not stand for. */
  public int fixedLength() {
    return path.fixedLength();
  }

  /** Whether being skipped would harm. */
  boolean protects() {
    return access != null || bodyLimit != Long.MAX_VALUE;
  }

  /** Whether all conditions hold where the path is understood in that way. */
  boolean matches(RequestHead head, byte[] in, PathForms paths, int form) {
    if (!path.matches(paths, form) && !(ownsFolder && path.isFolder(paths, form))) {
      return false;
    }
    return (hosts.length == 0 || matchesHost(head))
        && (methods.length == 0 || matchesMethod(head, in))
        && (headers.isEmpty() || matchesHeaders(head, in));
  }

  private boolean matchesHost(RequestHead head) {
    byte[] key = head.hostKey();
    int length = head.hostKeyLength();
    for (byte[] host : hosts) {
      if (host[0] == '*' ? isBelow(key, length, host) : equal(key, 0, length, host)) {
        return true;
      }
    }
    return false;
  }

  /** One label before the rest. */
  private static boolean isBelow(byte[] key, int length, byte[] wildcard) {
    int dot = 0;
    while (dot < length && key[dot] != '.') {
      dot++;
    }
    int rest = length - dot;
    return dot > 0
        && rest == wildcard.length - 1
        && Arrays.equals(key, dot, length, wildcard, 1, wildcard.length);
  }

  private boolean matchesMethod(RequestHead head, byte[] in) {
    if (isMethod(in, head.methodAt, head.methodAt + head.methodLength)) {
      return true;
    }
    if (cors == null || !head.options()) {
      return false;
    }
    // The edge answers a preflight for the request that it announces; it goes to no app.
    int requested = head.field(in, REQUESTED, -1);
    return requested >= 0
        && head.field(in, ORIGIN, -1) >= 0
        && isMethod(in, head.valueAt(requested), head.valueEnd(requested));
  }

  private boolean isMethod(byte[] in, int at, int end) {
    for (byte[] method : methods) {
      if (equal(in, at, end - at, method)) {
        return true;
      }
    }
    return false;
  }

  private boolean matchesHeaders(RequestHead head, byte[] in) {
    for (int i = 0; i < headers.size(); i++) {
      if (!has(head, in, headers.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean has(RequestHead head, byte[] in, Wanted wanted) {
    byte[] value = wanted.value();
    for (int f = head.field(in, wanted.name(), -1); f >= 0; f = head.field(in, wanted.name(), f)) {
      int at = head.valueAt(f);
      if (value == null || equal(in, at, head.valueEnd(f) - at, value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(byte[] in, int at, int length, byte[] wanted) {
    return Arrays.equals(in, at, at + length, wanted, 0, wanted.length);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
