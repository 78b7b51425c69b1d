package dev.undercloud.edge.proxy;

/** What the client's side says of a request. Reused. */
final class Request {
  /** Method and target are such that sending twice is harmless. */
  boolean idempotent;

  boolean toHead;
  boolean upgrade;

  /** The whole body has been passed on. */
  boolean whole;
}
