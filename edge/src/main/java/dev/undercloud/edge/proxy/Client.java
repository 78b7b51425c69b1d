package dev.undercloud.edge.proxy;

/** A client's connection as its {@link Loop} knows it, whatever it speaks. */
interface Client {
  /** The edge is closing: what is in flight ends with its response, nothing more begins. */
  void leave();

  /** Ends it at once, whatever it is doing. */
  void kill();
}
