package dev.undercloud.edge.proxy;

import dev.undercloud.edge.compress.Compressor;
import dev.undercloud.edge.http1.ClientSide;
import dev.undercloud.edge.http1.RequestHead;
import dev.undercloud.edge.rule.Route;
import org.jspecify.annotations.Nullable;

/** What the client's side says of a request. Reused. */
final class Request {
  /** Method and target are such that sending twice is harmless. */
  boolean idempotent;

  /** It only asks, as GET does: whoever is not content with the answer may ask again. */
  boolean safe;

  boolean toHead;
  boolean upgrade;

  /** The upgrade is to WebSocket. */
  boolean webSocket;

  /** A gRPC call: its two directions answer each other, for as long as they like. */
  boolean grpc;

  /** The client takes trailers. */
  boolean takesTrailers;

  /** Its fields may have names that a server of HTTP/1 could take for others. */
  boolean marked;

  /** The whole body has been passed on. */
  boolean whole;

  /** The rule that decides about it; null where none does. */
  @Nullable Route route;

  /** What its route has every response say, the edge's own answers included; null for nothing. */
  @Nullable RuleFilter said;

  /** Who sent it, where a trusted proxy said so; else null. */
  @Nullable ClientSide side;

  /** The app that serves it in place of the one it came for; null for that one. */
  @Nullable App instead;

  /** The one it came for, which serves it after all where {@link #instead} is not to be reached. */
  @Nullable App own;

  /** It is the copy of another one: it takes no place where clients' requests wait. */
  boolean copy;

  /** Of a copy: what its replica is chosen by, since its head may be gone when it is sent. */
  long copiedKey;

  long copiedToken;

  /** Where a copy of it goes; null where none does. */
  @Nullable App mirrorTo;

  /** The copy that is being made; null where none is. */
  @Nullable MirrorCopy mirror;

  /** Among the filters of the response to come, where the client takes it; null for none. */
  @Nullable Compressor compressor;

  /** Bytes of body that may come. */
  long bodyLimit = Long.MAX_VALUE;

  /** What it waits for before anything is done with it; null where it does not. */
  @Nullable Object waitsFor;

  /**
   * What a head says by itself.
   *
   * @param whole whether all of the body is there with it
   */
  void read(RequestHead head, boolean whole) {
    idempotent = head.idempotent;
    safe = head.safe;
    toHead = head.headMethod;
    upgrade = head.upgrade;
    webSocket = head.webSocket;
    grpc = head.grpc;
    takesTrailers = head.takesTrailers;
    marked = false;
    this.whole = whole;
  }

  /** Nothing is known of rules yet. */
  void clearRules() {
    route = null;
    said = null;
    side = null;
    instead = own = null;
    mirrorTo = null;
    compressor = null;
    bodyLimit = Long.MAX_VALUE;
    waitsFor = null;
  }
}
