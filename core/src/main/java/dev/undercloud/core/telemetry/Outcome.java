package dev.undercloud.core.telemetry;

/** How an exchange ended. */
public enum Outcome {
  /** The response reached the client whole. */
  COMPLETE,
  /** We answered for the app: error page, redirect, health of our own. */
  ANSWERED_BY_EDGE,
  /** The client went away before the end. */
  CLIENT_ABORTED,
  /** The replica went away or broke the protocol after its response began. */
  UPSTREAM_ABORTED,
  /** A named timeout or limit ended it. */
  TIMED_OUT,
  /** An upgraded connection that ended. */
  TUNNEL_CLOSED
}
