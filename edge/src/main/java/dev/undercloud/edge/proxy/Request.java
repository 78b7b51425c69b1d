package dev.undercloud.edge.proxy;

/** What the client's side says of a request. Reused. */
final class Request {
  /** Method and target are such that sending twice is harmless. */
  boolean idempotent;

  boolean toHead;
  boolean upgrade;

  /** The upgrade is to WebSocket. */
  boolean webSocket;

  /** The whole body has been passed on. */
  boolean whole;
}
