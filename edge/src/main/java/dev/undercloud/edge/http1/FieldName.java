package dev.undercloud.edge.http1;

import java.util.ArrayList;
import java.util.List;

/** The fields a proxy has to know; every other one is {@link #OTHER} and passes untouched. */
enum FieldName {
  OTHER(""),
  /**
   * Any name with a mark other than a dash: CGI and WSGI cannot tell an underscore from it, nor
   * some servers a dot.
   */
  LOOKALIKE("", Trait.DROP_REQUEST, Trait.NO_TRAILER),
  HOST("host", Trait.PROTECTED, Trait.NO_TRAILER),
  CONTENT_LENGTH("content-length", Trait.DROP, Trait.PROTECTED, Trait.NO_TRAILER),
  TRANSFER_ENCODING("transfer-encoding", Trait.DROP, Trait.PROTECTED, Trait.NO_TRAILER),
  CONNECTION("connection", Trait.DROP, Trait.NO_TRAILER),
  KEEP_ALIVE("keep-alive", Trait.DROP, Trait.NO_TRAILER),
  PROXY_CONNECTION("proxy-connection", Trait.DROP, Trait.NO_TRAILER),
  TE("te", Trait.DROP_REQUEST, Trait.NO_TRAILER),
  UPGRADE("upgrade", Trait.DROP, Trait.NO_TRAILER),
  /** Only for an upgrade to h2c, which is never passed on. */
  HTTP2_SETTINGS("http2-settings", Trait.DROP_REQUEST, Trait.NO_TRAILER),
  EXPECT("expect", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  TRAILER("trailer", Trait.NO_TRAILER),
  PROXY_AUTHORIZATION("proxy-authorization", Trait.DROP_REQUEST, Trait.NO_TRAILER),
  PROXY_AUTHENTICATE("proxy-authenticate", Trait.DROP_RESPONSE, Trait.NO_TRAILER),
  /** Becomes the environment variable HTTP_PROXY in CGI-like servers (httpoxy). */
  PROXY("proxy", Trait.DROP_REQUEST, Trait.NO_TRAILER),
  FORWARDED("forwarded", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  /** Every name that starts so. */
  X_FORWARDED("x-forwarded-", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  X_REAL_IP("x-real-ip", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  /** Who may say it is the edge alone, of certificates that it has verified (RFC 9440, 2.4). */
  CLIENT_CERT("client-cert", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  CLIENT_CERT_CHAIN("client-cert-chain", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  X_REQUEST_ID("x-request-id", Trait.DROP, Trait.PROTECTED, Trait.NO_TRAILER),
  /** Between Undercloud's edges alone: a request that one of them has sent to another. */
  UNDERCLOUD_HOP("undercloud-hop", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  TRACEPARENT("traceparent", Trait.DROP_REQUEST, Trait.PROTECTED, Trait.NO_TRAILER),
  TRACESTATE("tracestate", Trait.PROTECTED, Trait.NO_TRAILER),
  USER_AGENT("user-agent", Trait.PROTECTED, Trait.NO_TRAILER),
  ACCEPT("accept", Trait.PROTECTED, Trait.NO_TRAILER),
  AUTHORIZATION("authorization", Trait.PROTECTED, Trait.NO_TRAILER),
  COOKIE("cookie", Trait.PROTECTED, Trait.NO_TRAILER),
  SET_COOKIE("set-cookie", Trait.PROTECTED, Trait.NO_TRAILER),
  CACHE_CONTROL("cache-control", Trait.PROTECTED, Trait.NO_TRAILER),
  RANGE("range", Trait.PROTECTED, Trait.NO_TRAILER),
  CONTENT_TYPE("content-type", Trait.PROTECTED, Trait.NO_TRAILER),
  CONTENT_ENCODING("content-encoding", Trait.PROTECTED, Trait.NO_TRAILER),
  CONTENT_RANGE("content-range", Trait.PROTECTED, Trait.NO_TRAILER);

  private static final FieldName[][] BY_LENGTH = byLength();

  final byte[] lower;

  /** Not passed to the replica as the client sent it. */
  final boolean dropFromRequest;

  /** Not passed to the client as the replica sent it. */
  final boolean dropFromResponse;

  /** A {@code Connection} field that names it is an attempt to strip it, or a mistake. */
  final boolean isProtected;

  /** May not come after a body (RFC 9110, 6.5.1): it frames, routes, authenticates or controls. */
  final boolean forbiddenInTrailers;

  FieldName(String lower, Trait... traits) {
    List<Trait> all = List.of(traits);
    this.lower = Octets.ascii(lower);
    dropFromRequest = all.contains(Trait.DROP) || all.contains(Trait.DROP_REQUEST);
    dropFromResponse = all.contains(Trait.DROP) || all.contains(Trait.DROP_RESPONSE);
    isProtected = all.contains(Trait.PROTECTED);
    forbiddenInTrailers = all.contains(Trait.NO_TRAILER);
  }

  private enum Trait {
    DROP,
    DROP_REQUEST,
    DROP_RESPONSE,
    PROTECTED,
    NO_TRAILER
  }

  /** The field with this name, in any case; marks other than dashes are the caller's to see. */
  static FieldName of(byte[] in, int at, int length) {
    if (length < BY_LENGTH.length) {
      for (FieldName name : BY_LENGTH[length]) {
        if (Octets.equal(in, at, length, name.lower)) {
          return name;
        }
      }
    }
    return Octets.startsWith(in, at, length, X_FORWARDED.lower) ? X_FORWARDED : OTHER;
  }

  /** Whether the name would be one that we drop or protect, if its marks were dashes. */
  static boolean looksProtected(byte[] in, int from, int to) {
    byte[] plain = new byte[to - from];
    for (int i = from; i < to; i++) {
      boolean mark = (Octets.classOf(in[i]) & Octets.LOOKALIKE) != 0;
      plain[i - from] = mark ? (byte) '-' : in[i];
    }
    FieldName name = of(plain, 0, plain.length);
    return name.dropFromRequest || name.isProtected;
  }

  private static FieldName[][] byLength() {
    int longest = 0;
    for (FieldName name : values()) {
      longest = Math.max(longest, name.lower.length);
    }
    List<List<FieldName>> table = new ArrayList<>();
    for (int i = 0; i <= longest; i++) {
      table.add(new ArrayList<>());
    }
    for (FieldName name : values()) {
      if (name.lower.length > 0) {
        table.get(name.lower.length).add(name);
      }
    }
    return table.stream().map(names -> names.toArray(FieldName[]::new)).toArray(FieldName[][]::new);
  }
}
